package dev.ridgepoint.engine.training;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.TrainedActivationKernel;
import dev.ridgepoint.engine.ops.Activation;

/**
 * {@link dev.ridgepoint.engine.ops.GatedActivation} with an exponential that gives the same bits
 * always: {@code y = f(gate) * up}.
 */
public final class TrainedActivation implements TrainingOp {
  private final TrainingWorkspace workspace;
  private final TrainedActivationKernel kernel;
  private final Activation gateUp;
  private final Activation y;
  private final Workers.Task rows = this::rows;

  /**
   * @param kernel which f
   * @param gateUp {@code [rows][2 * size]}: gate, then up
   * @param y {@code [rows][size]}
   */
  public TrainedActivation(
      TrainingWorkspace workspace,
      TrainedActivationKernel kernel,
      Activation gateUp,
      Activation y) {
    this.workspace = workspace;
    this.kernel = kernel;
    this.gateUp = gateUp;
    this.y = y;
  }

  @Override
  public void run(TokenBatch batch, Meter meter) {
    workspace.runRows(batch.rows(), 4 * y.width(), rows);
    long bytes = gateUp.tensor().byteSize() + y.tensor().byteSize();
    meter.end(kernel.flops() * y.tensor().elements(), 0, 0, 0, 0, bytes);
  }

  private void rows(int worker, int from, int to) {
    int size = y.width();
    for (int row = from; row < to; row++) {
      long gate = 4L * row * 2 * size;
      kernel.forward(
          gateUp.tensor().segment(),
          gate,
          gate + 4L * size,
          y.tensor().segment(),
          4L * row * size,
          size,
          workspace.row(worker, size));
    }
  }
}
