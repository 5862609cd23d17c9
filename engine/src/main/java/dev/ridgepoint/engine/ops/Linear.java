package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.util.Locale;

/** A linear layer: {@code y = x * w^T + bias}, or {@code y += ...}. */
public final class Linear implements Op {
  private final Workspace workspace;
  private final Activation x;
  private final PackedMatrix w;
  private final float[] bias;
  private final boolean accumulate;
  private final Activation y;

  /**
   * @param x {@code [rows][inputs]}
   * @param w {@code [outputs][inputs]}
   * @param bias {@code [outputs]} or null
   * @param accumulate whether the product is added to y: a residual connection
   * @param y {@code [rows][outputs]}, not x
   * @throws IllegalArgumentException if shapes do not fit
   */
  public Linear(
      Workspace workspace,
      Activation x,
      PackedMatrix w,
      float[] bias,
      boolean accumulate,
      Activation y) {
    x.requireWidth("x", w.inputs());
    y.requireWidth("y", w.outputs());
    if (bias != null && bias.length != w.outputs()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "bias has %d elements, but %d are needed", bias.length, w.outputs()));
    }
    this.workspace = workspace;
    this.x = x;
    this.w = w;
    this.bias = bias;
    this.accumulate = accumulate;
    this.y = y;
  }

  @Override
  public void run(StepRows step, Meter meter) {
    int rows = x.rows();
    y.requireRows("y", rows);
    workspace.matMul().run(x.tensor(), w, bias, accumulate, y.tensor());
    long product = Math.multiplyExact(2L * rows * w.inputs(), (long) w.outputs());
    long addedPerElement = (bias == null ? 0L : 1L) + (accumulate ? 1L : 0L);
    long flops = product + addedPerElement * y.tensor().elements();
    long weights = w.weightBytes() + (bias == null ? 0 : 4L * bias.length);
    long activations = x.tensor().byteSize() + (accumulate ? 2 : 1) * y.tensor().byteSize();
    meter.end(flops, product, weights, 0, 0, activations);
  }
}
