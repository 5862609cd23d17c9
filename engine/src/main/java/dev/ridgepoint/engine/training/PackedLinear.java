package dev.ridgepoint.engine.training;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.ops.Activation;
import dev.ridgepoint.engine.ops.Linear;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * A linear layer of weights that change from step to step, {@code y = x w^T + bias (+ residual)}:
 * they are packed whenever they are multiplied.
 */
public final class PackedLinear implements TrainingOp {
  private final TrainingWorkspace workspace;
  private final Activation x;
  private final Tensor w;
  private final float[] bias;
  private final Optional<Activation> residual;
  private final Activation y;
  private final Workers.Task copyRows = this::copyRows;

  /**
   * @param x {@code [rows][inputs]}
   * @param w {@code [outputs][inputs]}
   * @param bias {@code [outputs]}
   * @param residual {@code [rows][outputs]}, what the product is added to, not y
   * @param y {@code [rows][outputs]}, not x
   */
  public PackedLinear(
      TrainingWorkspace workspace,
      Activation x,
      Tensor w,
      Optional<TrainedVector> bias,
      Optional<Activation> residual,
      Activation y) {
    this.workspace = workspace;
    this.x = x;
    this.w = w;
    this.bias = bias.map(TrainedVector::values).orElse(null);
    this.residual = residual;
    this.y = y;
    workspace.panels().reserve(PackedMatrix.floatBytes(w.size(0), w.size(1)));
  }

  @Override
  public void run(TokenBatch batch, Meter meter) {
    if (residual.isPresent()) {
      workspace.runRows(y.tensor().size(0), y.width(), copyRows);
    }
    PackedMatrix packed = PanelPacking.rows(w, workspace);
    new Linear(workspace.forward(), x, packed, bias, residual.isPresent(), y)
        .run(TrainingWorkspace.ANY_STEP, meter);
  }

  private void copyRows(int worker, int from, int to) {
    long rowBytes = 4L * y.width();
    MemorySegment.copy(
        residual.orElseThrow().tensor().segment(),
        from * rowBytes,
        y.tensor().segment(),
        from * rowBytes,
        (to - from) * rowBytes);
  }
}
