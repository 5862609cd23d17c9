package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.ElementwiseKernel;

/** The activation of a feed-forward layer without a gate: {@code y = f(x)}. */
public final class ElementwiseActivation implements Op {
  private final Workspace workspace;
  private final ElementwiseKernel kernel;
  private final Activation x;
  private final Activation y;
  private final Workers.Task activateRows = this::activateRows;

  /**
   * @param kernel which f
   * @param x {@code [rows][size]}
   * @param y {@code [rows][size]}, may be x
   * @throws IllegalArgumentException if shapes do not fit
   */
  public ElementwiseActivation(
      Workspace workspace, ElementwiseKernel kernel, Activation x, Activation y) {
    x.requireWidth("x", y.width());
    this.workspace = workspace;
    this.kernel = kernel;
    this.x = x;
    this.y = y;
  }

  @Override
  public void run(StepRows step, Meter meter) {
    x.requireRows("x", y.rows());
    workspace.runRows(y.rows(), 4 * y.width(), activateRows);
    long bytes = x.tensor().byteSize() + y.tensor().byteSize();
    meter.end(kernel.flops() * y.tensor().elements(), 0, 0, 0, 0, bytes);
  }

  private void activateRows(int worker, int from, int to) {
    int size = y.width();
    for (int row = from; row < to; row++) {
      long at = 4L * row * size;
      kernel.apply(x.tensor().segment(), at, y.tensor().segment(), at, size);
    }
  }
}
