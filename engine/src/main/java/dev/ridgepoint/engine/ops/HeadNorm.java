package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.NormKernel;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/** {@link RmsNorm} of each query and key head, in place. */
public final class HeadNorm implements Op {
  private final Workspace workspace;
  private final Activation qkv;
  private final HeadLayout heads;
  private final float[] queryWeight;
  private final float[] keyWeight;
  private final float epsilon;
  private final Workers.Task normHeads = this::normHeads;

  /**
   * @param qkv {@code [rows]} of the layout
   * @param queryWeight {@code [headDim]}
   * @param keyWeight {@code [headDim]}
   * @throws IllegalArgumentException if shapes do not fit
   */
  public HeadNorm(
      Workspace workspace,
      Activation qkv,
      HeadLayout heads,
      float[] queryWeight,
      float[] keyWeight,
      float epsilon) {
    qkv.requireWidth("qkv", heads.width());
    if (queryWeight.length != heads.headDim() || keyWeight.length != heads.headDim()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "weights for heads of %d and %d elements, but %d are needed",
              queryWeight.length,
              keyWeight.length,
              heads.headDim()));
    }
    this.workspace = workspace;
    this.qkv = qkv;
    this.heads = heads;
    this.queryWeight = queryWeight;
    this.keyWeight = keyWeight;
    this.epsilon = epsilon;
  }

  @Override
  public void run(StepRows step, Meter meter) {
    int rows = qkv.rows();
    workspace.runRows(rows, qkv.width(), normHeads);
    int headDim = heads.headDim();
    long normed = (long) rows * heads.queryAndKeyHeads();
    long bytes = 2 * normed * headDim * 4;
    meter.end(normed * RmsNorm.flops(headDim), 0, 4L * 2 * headDim, 0, 0, bytes);
  }

  private void normHeads(int worker, int from, int to) {
    MemorySegment x = qkv.tensor().segment();
    int headDim = heads.headDim();
    for (int row = from; row < to; row++) {
      for (int head = 0; head < heads.queryAndKeyHeads(); head++) {
        long at = 4L * ((long) row * qkv.width() + head * headDim);
        float[] weight = head < heads.queryHeads() ? queryWeight : keyWeight;
        NormKernel.rmsNorm(x, at, weight, epsilon, x, at, headDim);
      }
    }
  }
}
