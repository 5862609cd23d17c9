package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.panels.PackedMatrix;

/** A product over the rows of two matrices, {@code y += x^T w}, as of the gradient of weights. */
public final class ProductOverRows {
  private final Workspace workspace;
  private final Activation x;
  private final PackedMatrix w;
  private final Activation y;

  /**
   * @param x {@code [rows][outputs]}
   * @param w {@code [rows][inputs]}, packed with its columns as outputs
   * @param y {@code [outputs][inputs]}, not x
   * @throws IllegalArgumentException if shapes do not fit
   */
  public ProductOverRows(Workspace workspace, Activation x, PackedMatrix w, Activation y) {
    x.requireRows("x", w.inputs());
    y.requireWidth("y", w.outputs());
    y.requireRows("y", x.width());
    this.workspace = workspace;
    this.x = x;
    this.w = w;
    this.y = y;
  }

  /** Computes it. */
  public void run() {
    MatMul matMul = workspace.matMul();
    matMul.begin(x.tensor(), true, true, y.tensor());
    matMul.add(w, null, 0, x.width(), 0);
    matMul.end();
  }
}
