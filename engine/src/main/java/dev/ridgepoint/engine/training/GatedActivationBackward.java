package dev.ridgepoint.engine.training;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.TrainedActivationKernel;
import dev.ridgepoint.engine.ops.Activation;

/** The gradients of {@link TrainedActivation}. */
public final class GatedActivationBackward implements TrainingOp {
  private final TrainingWorkspace workspace;
  private final TrainedActivationKernel kernel;
  private final Activation gateUp;
  private final Activation dy;
  private final Activation dGateUp;
  private final Workers.Task rows = this::rows;

  /**
   * @param gateUp {@code [rows][2 * size]}: gate, then up
   * @param dy {@code [rows][size]}
   * @param dGateUp {@code [rows][2 * size]}
   */
  public GatedActivationBackward(
      TrainingWorkspace workspace,
      TrainedActivationKernel kernel,
      Activation gateUp,
      Activation dy,
      Activation dGateUp) {
    this.workspace = workspace;
    this.kernel = kernel;
    this.gateUp = gateUp;
    this.dy = dy;
    this.dGateUp = dGateUp;
  }

  @Override
  public void run(TokenBatch batch, Meter meter) {
    workspace.runRows(batch.rows(), 4 * dy.width(), rows);
    long bytes = 2 * gateUp.tensor().byteSize() + dy.tensor().byteSize();
    meter.end(kernel.backwardFlops() * dy.tensor().elements(), 0, 0, 0, 0, bytes);
  }

  private void rows(int worker, int from, int to) {
    int size = dy.width();
    for (int row = from; row < to; row++) {
      long gate = 4L * row * 2 * size;
      long up = gate + 4L * size;
      kernel.backward(
          gateUp.tensor().segment(),
          gate,
          up,
          dy.tensor().segment(),
          4L * row * size,
          dGateUp.tensor().segment(),
          gate,
          up,
          size,
          workspace.row(worker, size));
    }
  }
}
