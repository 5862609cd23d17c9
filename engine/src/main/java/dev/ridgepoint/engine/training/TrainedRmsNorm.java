package dev.ridgepoint.engine.training;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.TrainedNormKernel;
import dev.ridgepoint.engine.ops.Activation;
import java.lang.foreign.MemorySegment;

/**
 * {@link dev.ridgepoint.engine.ops.RmsNorm}, whose sums are in one order: {@code y = x /
 * sqrt(mean(x^2) + epsilon) * weight}.
 */
public final class TrainedRmsNorm implements TrainingOp {
  private final TrainingWorkspace workspace;
  private final Activation x;
  private final float[] weight;
  private final float epsilon;
  private final Activation y;
  private final Workers.Task rows = this::rows;

  /**
   * @param x {@code [rows][hidden]}
   * @param weight {@code [hidden]}
   * @param y {@code [rows][hidden]}
   */
  public TrainedRmsNorm(
      TrainingWorkspace workspace,
      Activation x,
      TrainedVector weight,
      float epsilon,
      Activation y) {
    this.workspace = workspace;
    this.x = x;
    this.weight = weight.values();
    this.epsilon = epsilon;
    this.y = y;
  }

  @Override
  public void run(TokenBatch batch, Meter meter) {
    workspace.runRows(batch.rows(), x.width(), rows);
    long bytes = x.tensor().byteSize() + y.tensor().byteSize();
    meter.end(batch.rows() * flops(x.width()), 0, 4L * weight.length, 0, 0, bytes);
  }

  /** Squares, their sum, mean, epsilon, root, reciprocal, and two products per element. */
  static long flops(long elements) {
    return 4 * elements + 3;
  }

  private void rows(int worker, int from, int to) {
    MemorySegment source = x.tensor().segment();
    for (int row = from; row < to; row++) {
      long at = 4L * row * x.width();
      float scale =
          TrainedNormKernel.inverseRms(source, at, epsilon, x.width(), workspace.lanes(worker));
      TrainedNormKernel.forward(source, at, weight, scale, y.tensor().segment(), at, x.width());
    }
  }
}
