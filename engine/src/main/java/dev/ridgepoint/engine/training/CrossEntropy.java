package dev.ridgepoint.engine.training;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.CrossEntropyKernel;
import dev.ridgepoint.engine.ops.Activation;
import java.lang.foreign.MemorySegment;

/**
 * Cross-entropy of the logits with the targets, which leaves the gradient in their place: {@code
 * dlogits = (softmax(logits) - onehot(target)) / tokens}.
 */
public final class CrossEntropy implements TrainingOp {
  /** Of a logit: subtract the maximum, exponential, add to the sum, product. */
  private static final int FLOPS_PER_LOGIT = 4;

  /**
   * Of a row: division of the scale by the sum, subtract it from the target's; logarithm, add the
   * maximum, subtract the target's logit, add to the loss.
   */
  private static final int FLOPS_PER_ROW = 6;

  private final TrainingWorkspace workspace;
  private final Activation logits;
  private final float[] losses;
  private final float scale;
  private final Workers.Task rows = this::rows;

  private int[] targets;

  /**
   * @param logits {@code [rows][vocabulary]}
   * @param tokens over which the loss is a mean: those of all batches whose gradients are added up
   */
  public CrossEntropy(TrainingWorkspace workspace, Activation logits, long tokens) {
    this.workspace = workspace;
    this.logits = logits;
    losses = new float[logits.tensor().size(0)];
    scale = (float) (1 / (double) tokens);
  }

  @Override
  public void run(TokenBatch batch, Meter meter) {
    TokenBatch.requireIn(batch.targets(), logits.width());
    targets = batch.targets();
    workspace.runRows(losses.length, logits.width(), rows);
    long flops =
        FLOPS_PER_LOGIT * logits.tensor().elements() + (long) FLOPS_PER_ROW * losses.length;
    meter.end(flops, 0, 0, 0, 0, 2 * logits.tensor().byteSize());
  }

  /** The losses of all rows of the last batch, added up, in nats. */
  public double lossSum() {
    return sum(losses);
  }

  static double sum(float[] ofRows) {
    double sum = 0;
    for (float each : ofRows) {
      sum += each;
    }
    return sum;
  }

  private void rows(int worker, int from, int to) {
    int width = logits.width();
    MemorySegment segment = logits.tensor().segment();
    float[] x = workspace.row(worker, width);
    for (int row = from; row < to; row++) {
      long at = 4L * row * width;
      MemorySegment.copy(segment, JAVA_FLOAT, at, x, 0, width);
      losses[row] =
          CrossEntropyKernel.lossAndGradient(
              x, width, targets[row], scale, workspace.lanes(worker));
      MemorySegment.copy(x, 0, segment, JAVA_FLOAT, at, width);
    }
  }
}
