package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.ClipKernel;

/**
 * Bounds each element in place: {@code x = max(-bound, min(bound, x))} (OLMo, arXiv:2402.00838).
 */
public final class Clip implements Op {
  private final Workspace workspace;
  private final float bound;
  private final Activation x;
  private final Workers.Task clipRows = this::clipRows;

  /**
   * @param bound above 0
   * @param x {@code [rows][width]}
   * @throws IllegalArgumentException if the bound is not above 0
   */
  public Clip(Workspace workspace, float bound, Activation x) {
    if (!(bound > 0)) {
      throw new IllegalArgumentException("bound must be above 0, but is " + bound);
    }
    this.workspace = workspace;
    this.bound = bound;
    this.x = x;
  }

  @Override
  public void run(StepRows step, Meter meter) {
    workspace.runRows(x.rows(), x.width(), clipRows);
    meter.end(0, 0, 0, 0, 0, 2 * x.tensor().byteSize());
  }

  private void clipRows(int worker, int from, int to) {
    int width = x.width();
    for (int row = from; row < to; row++) {
      ClipKernel.clip(x.tensor().segment(), 4L * row * width, bound, width);
    }
  }
}
