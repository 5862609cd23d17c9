package dev.ridgepoint.engine.training;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.TrainedNormKernel;
import dev.ridgepoint.engine.ops.Activation;
import dev.ridgepoint.engine.ops.HeadLayout;
import java.lang.foreign.MemorySegment;

/**
 * {@link dev.ridgepoint.engine.ops.HeadNorm}, which works in place, with a copy of what it
 * normalises; its sums are in one order.
 */
public final class KeptHeadNorm implements TrainingOp {
  private final TrainingWorkspace workspace;
  private final Activation qkv;
  private final HeadLayout heads;
  private final float[] queryWeight;
  private final float[] keyWeight;
  private final float epsilon;
  private final Activation kept;
  private final Workers.Task rows = this::rows;

  /**
   * @param qkv {@code [rows]} of the layout
   * @param queryWeight {@code [headDim]}, or {@code [queryHeads * headDim]} for all together
   * @param keyWeight {@code [headDim]}, or {@code [keyValueHeads * headDim]}
   * @param kept {@code [rows]} of query and key heads
   */
  public KeptHeadNorm(
      TrainingWorkspace workspace,
      Activation qkv,
      HeadLayout heads,
      TrainedVector queryWeight,
      TrainedVector keyWeight,
      float epsilon,
      Activation kept) {
    this.workspace = workspace;
    this.qkv = qkv;
    this.heads = heads;
    this.queryWeight = queryWeight.values();
    this.keyWeight = keyWeight.values();
    this.epsilon = epsilon;
    this.kept = kept;
  }

  @Override
  public void run(TokenBatch batch, Meter meter) {
    workspace.runRows(batch.rows(), kept.width(), rows);
    long keyWidth = (long) kept.width() - heads.queryWidth();
    long flops =
        heads.queryWidth() / queryWeight.length * TrainedRmsNorm.flops(queryWeight.length)
            + keyWidth / keyWeight.length * TrainedRmsNorm.flops(keyWeight.length);
    long weightBytes = 4L * (queryWeight.length + keyWeight.length);
    meter.end(batch.rows() * flops, 0, weightBytes, 0, 0, 2 * kept.tensor().byteSize());
  }

  private void rows(int worker, int from, int to) {
    for (int row = from; row < to; row++) {
      MemorySegment.copy(
          qkv.tensor().segment(),
          4L * row * qkv.width(),
          kept.tensor().segment(),
          4L * row * kept.width(),
          4L * kept.width());
      part(row, 0, heads.queryWidth(), queryWeight, worker);
      part(row, heads.queryWidth(), kept.width(), keyWeight, worker);
    }
  }

  /** Elements from {@code first} to {@code end} of a row, as many at once as there are weights. */
  private void part(int row, int first, int end, float[] weight, int worker) {
    MemorySegment x = qkv.tensor().segment();
    for (int element = first; element < end; element += weight.length) {
      long at = 4L * ((long) row * qkv.width() + element);
      float scale =
          TrainedNormKernel.inverseRms(x, at, epsilon, weight.length, workspace.lanes(worker));
      TrainedNormKernel.forward(x, at, weight, scale, x, at, weight.length);
    }
  }
}
