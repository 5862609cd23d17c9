package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.util.List;
import java.util.Locale;

/** A linear layer: {@code y = x * w^T + bias}, or {@code y += ...}. */
public final class Linear implements Op {
  private final Workspace workspace;
  private final Activation x;
  private final List<PackedMatrix> parts;
  private final int outputs;
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
    this(workspace, x, List.of(w), bias, accumulate, y);
  }

  /**
   * As above, where w is stored in several formats.
   *
   * @param parts of w, {@code [outputs of the part][inputs]}, one below the other
   */
  public Linear(
      Workspace workspace,
      Activation x,
      List<PackedMatrix> parts,
      float[] bias,
      boolean accumulate,
      Activation y) {
    this.parts = List.copyOf(parts);
    outputs = parts.stream().mapToInt(PackedMatrix::outputs).reduce(0, Math::addExact);
    parts.forEach(part -> x.requireWidth("x", part.inputs()));
    y.requireWidth("y", outputs);
    if (bias != null && bias.length != outputs) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "bias has %d elements, but %d are needed", bias.length, outputs));
    }
    this.workspace = workspace;
    this.x = x;
    this.bias = bias;
    this.accumulate = accumulate;
    this.y = y;
  }

  @Override
  public void run(StepRows step, Meter meter) {
    int rows = x.rows();
    y.requireRows("y", rows);
    int firstColumn = 0;
    long weights = bias == null ? 0 : 4L * bias.length;
    MatMul matMul = workspace.matMul();
    matMul.begin(x.tensor(), accumulate, y.tensor());
    for (int i = 0; i < parts.size(); i++) {
      PackedMatrix part = parts.get(i);
      matMul.add(part, bias, 0, rows, firstColumn);
      firstColumn += part.outputs();
      weights += part.weightBytes();
    }
    matMul.end();
    long product = Math.multiplyExact(2L * rows * x.tensor().size(1), (long) outputs);
    long addedPerElement = (bias == null ? 0L : 1L) + (accumulate ? 1L : 0L);
    long flops = product + addedPerElement * y.tensor().elements();
    long activations = x.tensor().byteSize() + (accumulate ? 2 : 1) * y.tensor().byteSize();
    meter.end(flops, product, weights, 0, 0, activations);
  }
}
