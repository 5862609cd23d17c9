package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.SoftCapKernel;

/** Caps each element in place: {@code x = cap * tanh(x / cap)} (Gemma 2, arXiv:2408.00118). */
public final class SoftCap implements Op {
  private final Workspace workspace;
  private final float cap;
  private final Activation x;
  private final Workers.Task capRows = this::capRows;

  /**
   * @param cap above 0
   * @param x {@code [rows][width]}
   * @throws IllegalArgumentException if the cap is not above 0
   */
  public SoftCap(Workspace workspace, float cap, Activation x) {
    if (!(cap > 0)) {
      throw new IllegalArgumentException("cap must be above 0, but is " + cap);
    }
    this.workspace = workspace;
    this.cap = cap;
    this.x = x;
  }

  @Override
  public void run(StepRows step, Meter meter) {
    workspace.runRows(x.rows(), x.width(), capRows);
    // Division, tangent, product.
    meter.end(3 * x.tensor().elements(), 0, 0, 0, 0, 2 * x.tensor().byteSize());
  }

  private void capRows(int worker, int from, int to) {
    int width = x.width();
    for (int row = from; row < to; row++) {
      SoftCapKernel.cap(x.tensor().segment(), 4L * row * width, cap, width);
    }
  }
}
