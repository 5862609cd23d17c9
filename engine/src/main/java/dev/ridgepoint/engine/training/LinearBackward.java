package dev.ridgepoint.engine.training;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.kernels.WeightedSumKernel;
import dev.ridgepoint.engine.ops.Activation;
import dev.ridgepoint.engine.ops.Linear;
import dev.ridgepoint.engine.ops.ProductOverRows;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * The gradients of {@link PackedLinear}, two products: {@code dx = dy w} and {@code dw += dy^T x};
 * and {@code dbias += sum(dy)}. The gradient of a residual is dy itself.
 */
public final class LinearBackward implements TrainingOp {
  private final TrainingWorkspace workspace;
  private final Activation x;
  private final Parameter w;
  private final Optional<TrainedVector> bias;
  private final Activation dy;
  private final Activation dx;

  /**
   * @param x {@code [rows][inputs]}
   * @param w {@code [outputs][inputs]}
   * @param bias {@code [outputs]}
   * @param dy {@code [rows][outputs]}
   * @param dx {@code [rows][inputs]}, neither x nor dy
   */
  public LinearBackward(
      TrainingWorkspace workspace,
      Activation x,
      Parameter w,
      Optional<TrainedVector> bias,
      Activation dy,
      Activation dx) {
    this.workspace = workspace;
    this.x = x;
    this.w = w;
    this.bias = bias;
    this.dy = dy;
    this.dx = dx;
    int rows = x.tensor().size(0);
    int outputs = w.value().size(0);
    int inputs = w.value().size(1);
    workspace.panels().reserve(PackedMatrix.floatBytes(inputs, Math.max(outputs, rows)));
  }

  @Override
  public void run(TokenBatch batch, Meter meter) {
    PackedMatrix weightColumns = PanelPacking.columns(w.value(), workspace);
    new Linear(workspace.forward(), dy, weightColumns, null, false, dx)
        .run(TrainingWorkspace.ANY_STEP, Meter.NONE);
    PackedMatrix inputColumns = PanelPacking.columns(x.tensor(), workspace);
    Activation gradient = Activation.of(w.gradient());
    new ProductOverRows(workspace.forward(), dy, inputColumns, gradient).run();
    bias.ifPresent(this::addRows);

    Tensor weights = w.value();
    long products = Math.multiplyExact(4L * dy.tensor().size(0), weights.elements());
    long biasElements = bias.isPresent() ? dy.width() : 0;
    long flops = products + weights.elements() + biasElements * dy.tensor().size(0);
    long weightBytes = 3 * weights.byteSize() + 8 * biasElements;
    long activations = dy.tensor().byteSize() + x.tensor().byteSize() + dx.tensor().byteSize();
    meter.end(flops, products, weightBytes, 0, 0, activations);
  }

  private void addRows(TrainedVector sum) {
    MemorySegment rows = dy.tensor().segment();
    workspace.runColumns(
        dy.width(),
        (first, count) -> {
          for (int row = 0; row < dy.tensor().size(0); row++) {
            long at = 4L * ((long) row * dy.width() + first);
            WeightedSumKernel.add(rows, at, 1f, sum.gradient(), 4L * first, count);
          }
        });
  }
}
