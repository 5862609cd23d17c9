package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.ActivationKernel;
import java.lang.foreign.MemorySegment;

/** The activation of a gated feed-forward layer: {@code y = f(gate) * up} (Shazeer 2020). */
public final class GatedActivation implements Op {
  private final Workspace workspace;
  private final ActivationKernel kernel;
  private final Activation gateUp;
  private final Activation y;
  private final Workers.Task activateRows = this::activateRows;

  /**
   * @param kernel which f
   * @param gateUp {@code [rows][2 * size]}: gate, then up
   * @param y {@code [rows][size]}
   * @throws IllegalArgumentException if shapes do not fit
   */
  public GatedActivation(
      Workspace workspace, ActivationKernel kernel, Activation gateUp, Activation y) {
    gateUp.requireWidth("gateUp", Math.multiplyExact(2, y.width()));
    this.workspace = workspace;
    this.kernel = kernel;
    this.gateUp = gateUp;
    this.y = y;
  }

  @Override
  public void run(StepRows step, Meter meter) {
    gateUp.requireRows("gateUp", y.rows());
    workspace.runRows(y.rows(), 4 * y.width(), activateRows);
    long bytes = gateUp.tensor().byteSize() + y.tensor().byteSize();
    meter.end(kernel.flops() * y.tensor().elements(), 0, 0, 0, 0, bytes);
  }

  private void activateRows(int worker, int from, int to) {
    MemorySegment source = gateUp.tensor().segment();
    MemorySegment target = y.tensor().segment();
    int size = y.width();
    for (int row = from; row < to; row++) {
      long gate = 4L * row * 2 * size;
      kernel.apply(source, gate, gate + 4L * size, target, 4L * row * size, size);
    }
  }
}
