package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.NormKernel;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * {@link RmsNorm} of queries and keys, in place: of each head by itself, or of all query heads
 * together and all key heads together (OLMo 2).
 */
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
   * @param queryWeight {@code [headDim]}, or {@code [queryHeads * headDim]} for all together
   * @param keyWeight {@code [headDim]}, or {@code [keyValueHeads * headDim]}
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
    requireWhole("query", queryWeight, heads.queryHeads(), heads.headDim());
    requireWhole("key", keyWeight, heads.keyValueHeads(), heads.headDim());
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
    int keyWidth = heads.keyValueHeads() * heads.headDim();
    long queryNorms = heads.queryWidth() / queryWeight.length;
    long keyNorms = keyWidth / keyWeight.length;
    long flops =
        queryNorms * RmsNorm.flops(queryWeight.length) + keyNorms * RmsNorm.flops(keyWeight.length);
    long weightBytes = 4L * (queryWeight.length + keyWeight.length);
    long bytes = 2L * rows * (heads.queryWidth() + keyWidth) * 4;
    meter.end(rows * flops, 0, weightBytes, 0, 0, bytes);
  }

  private static void requireWhole(String name, float[] weight, int heads, int headDim) {
    if (weight.length != headDim && weight.length != heads * headDim) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d %s weights for %d heads of %d elements",
              weight.length,
              name,
              heads,
              headDim));
    }
  }

  private void normHeads(int worker, int from, int to) {
    int queries = heads.queryWidth();
    int queriesAndKeys = heads.queryAndKeyHeads() * heads.headDim();
    for (int row = from; row < to; row++) {
      normPart(row, 0, queries, queryWeight);
      normPart(row, queries, queriesAndKeys, keyWeight);
    }
  }

  /** Elements from {@code first} to {@code end} of a row, as many at once as there are weights. */
  private void normPart(int row, int first, int end, float[] weight) {
    MemorySegment x = qkv.tensor().segment();
    for (int element = first; element < end; element += weight.length) {
      long at = 4L * ((long) row * qkv.width() + element);
      NormKernel.rmsNorm(x, at, weight, epsilon, x, at, weight.length);
    }
  }
}
