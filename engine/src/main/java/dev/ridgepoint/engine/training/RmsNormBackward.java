package dev.ridgepoint.engine.training;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.TrainedNormKernel;
import dev.ridgepoint.engine.ops.Activation;
import java.lang.foreign.MemorySegment;

/** The gradients of {@link TrainedRmsNorm}: see {@link TrainedNormKernel}. */
public final class RmsNormBackward implements TrainingOp {
  /** Of each row the squares, their sum, mean, epsilon, root and reciprocal: 2n + 3. */
  private static final int SCALE_FLOPS = 3;

  /** The factor of x: three products and a division, less the first term of a sum. */
  private static final int FACTOR_FLOPS = 3;

  private final TrainingWorkspace workspace;
  private final Activation x;
  private final TrainedVector weight;
  private final float epsilon;
  private final Activation dy;
  private final boolean accumulate;
  private final Activation dx;
  private final float[] scales;
  private final Workers.Task findScales = this::findScales;
  private final Workers.Task inputRows = this::inputRows;

  /**
   * @param x {@code [rows][hidden]}, what was normalised
   * @param weight {@code [hidden]}
   * @param dy {@code [rows][hidden]}
   * @param accumulate whether the gradient is added to dx, that of a residual stream
   * @param dx {@code [rows][hidden]}
   */
  public RmsNormBackward(
      TrainingWorkspace workspace,
      Activation x,
      TrainedVector weight,
      float epsilon,
      Activation dy,
      boolean accumulate,
      Activation dx) {
    this.workspace = workspace;
    this.x = x;
    this.weight = weight;
    this.epsilon = epsilon;
    this.dy = dy;
    this.accumulate = accumulate;
    this.dx = dx;
    scales = new float[x.tensor().size(0)];
  }

  @Override
  public void run(TokenBatch batch, Meter meter) {
    workspace.runRows(scales.length, x.width(), findScales);
    workspace.runColumns(x.width(), this::addToWeight);
    workspace.runRows(scales.length, x.width(), inputRows);
    long added = accumulate ? dx.tensor().elements() : 0;
    long moved = x.tensor().byteSize() * (accumulate ? 4 : 3);
    meter.end(scales.length * flops(x.width()) + added, 0, 3L * 4 * x.width(), 0, 0, moved);
  }

  /**
   * Of a row of n elements: 2n + 3 for its scale, 3n for the sum of products, 3 for the factor, 4n
   * for the input's gradient, 3n for the weights'.
   */
  static long flops(long elements) {
    return 12 * elements + SCALE_FLOPS + FACTOR_FLOPS;
  }

  private void findScales(int worker, int from, int to) {
    for (int row = from; row < to; row++) {
      scales[row] =
          TrainedNormKernel.inverseRms(
              x.tensor().segment(), at(row), epsilon, x.width(), workspace.lanes(worker));
    }
  }

  private void addToWeight(int first, int count) {
    MemorySegment gradient = weight.gradient();
    for (int row = 0; row < scales.length; row++) {
      long at = at(row) + 4L * first;
      TrainedNormKernel.addToWeight(
          x.tensor().segment(),
          at,
          dy.tensor().segment(),
          at,
          scales[row],
          gradient,
          4L * first,
          count);
    }
  }

  private void inputRows(int worker, int from, int to) {
    for (int row = from; row < to; row++) {
      TrainedNormKernel.input(
          x.tensor().segment(),
          at(row),
          dy.tensor().segment(),
          at(row),
          weight.values(),
          scales[row],
          accumulate,
          dx.tensor().segment(),
          at(row),
          x.width(),
          workspace.lanes(worker));
    }
  }

  private long at(int row) {
    return 4L * row * x.width();
  }
}
