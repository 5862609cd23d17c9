package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.NormKernel;
import java.lang.foreign.MemorySegment;

/**
 * Root-mean-square norm of each row: {@code y = x / sqrt(mean(x^2) + epsilon) * weight} (Zhang and
 * Sennrich 2019, section 3), or {@code y += ...}.
 */
public final class RmsNorm implements Op {
  private final Workspace workspace;
  private final Activation x;
  private final float[] weight;
  private final float epsilon;
  private final boolean accumulate;
  private final Activation y;
  private final Workers.Task normRows = this::normRows;

  /**
   * @param x {@code [rows][hidden]}
   * @param weight {@code [hidden]}
   * @param accumulate whether the normalised rows are added to y: a residual connection
   * @param y {@code [rows][hidden]}, may be x
   * @throws IllegalArgumentException if shapes do not fit
   */
  public RmsNorm(
      Workspace workspace,
      Activation x,
      float[] weight,
      float epsilon,
      boolean accumulate,
      Activation y) {
    this(workspace, weight, epsilon, x, accumulate, y);
    x.requireWidth("x", weight.length);
    y.requireWidth("y", weight.length);
  }

  private RmsNorm(
      Workspace workspace,
      float[] weight,
      float epsilon,
      Activation x,
      boolean accumulate,
      Activation y) {
    this.workspace = workspace;
    this.x = x;
    this.weight = weight;
    this.epsilon = epsilon;
    this.accumulate = accumulate;
    this.y = y;
  }

  /**
   * In place, of the first elements of each row, as many as there are weights; the others stay.
   *
   * @param x {@code [rows][hidden or more]}
   * @throws IllegalArgumentException if there are more weights than elements
   */
  public static RmsNorm ofFirst(Workspace workspace, Activation x, float[] weight, float epsilon) {
    if (weight.length > x.width()) {
      throw new IllegalArgumentException(
          weight.length + " weights for rows of " + x.width() + " elements");
    }
    return new RmsNorm(workspace, weight, epsilon, x, false, x);
  }

  @Override
  public void run(StepRows step, Meter meter) {
    int rows = x.rows();
    y.requireRows("y", rows);
    workspace.runRows(rows, weight.length, normRows);
    long elements = (long) rows * weight.length;
    long bytes = (accumulate ? 3 : 2) * Float.BYTES * elements;
    long added = accumulate ? elements : 0;
    meter.end(rows * flops(weight.length) + added, 0, 4L * weight.length, 0, 0, bytes);
  }

  /** Squares, their sum, mean, epsilon, root, reciprocal, and two products per element. */
  static long flops(long elements) {
    return 4 * elements + 3;
  }

  private void normRows(int worker, int from, int to) {
    int hidden = weight.length;
    MemorySegment source = x.tensor().segment();
    MemorySegment target = y.tensor().segment();
    for (int row = from; row < to; row++) {
      long at = 4L * row * x.width();
      if (accumulate) {
        NormKernel.addRmsNorm(source, at, weight, epsilon, target, at, hidden);
      } else {
        NormKernel.rmsNorm(source, at, weight, epsilon, target, at, hidden);
      }
    }
  }
}
