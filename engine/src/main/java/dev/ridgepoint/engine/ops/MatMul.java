package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.PackedMatrix;
import dev.ridgepoint.engine.panels.TiledFormat;

/**
 * Products of activations with packed weights, {@code y = x * w^T + bias (+ y)}, in the way that
 * suits the number of rows: one tile streams the weights, a few share them panel by panel, and for
 * many rows they are unpacked block by block.
 *
 * <p>With plain weights every element of y is one chain of fused multiply-adds in ascending depth,
 * so that a row's result is the same bits whatever other rows it is computed with. With quantised
 * ones few rows are summed up block by block, many are not: so that holds among as few rows, and to
 * rounding beyond.
 */
final class MatMul {
  private final StreamedProduct streamed;
  private final SharedProduct shared;
  private final BlockedProduct blocked;
  private final LeftOperand x = new LeftOperand();
  private boolean accumulate;
  private Tensor y;

  MatMul(Workers workers) {
    streamed = new StreamedProduct(workers);
    shared = new SharedProduct(workers);
    blocked = new BlockedProduct(workers);
  }

  /** A single product of all rows of x; see {@link Linear}; shapes have been checked. */
  void run(Tensor x, PackedMatrix w, float[] bias, boolean accumulate, Tensor y) {
    begin(x, accumulate, y);
    add(w, bias, 0, x.size(0), 0);
    end();
  }

  /** Begins products of rows of x, which are added one by one and share y, but no element of it. */
  void begin(Tensor x, boolean accumulate, Tensor y) {
    begin(x, false, accumulate, y);
  }

  /**
   * The same of rows that are columns of x, if it is transposed.
   *
   * @param x {@code [rows][inputs]}, or {@code [inputs][rows]}
   */
  void begin(Tensor x, boolean isTransposed, boolean accumulate, Tensor y) {
    this.x.of(x, isTransposed);
    this.accumulate = accumulate;
    this.y = y;
    streamed.begin(this.x, accumulate, y);
  }

  /**
   * One more product, of {@code rows} rows of x and y from {@code firstRow} on. Those of few rows
   * wait for the {@link #end}, to be done together.
   *
   * @param firstColumn of y and of the bias, which may be wider than w
   */
  void add(PackedMatrix w, float[] bias, int firstRow, int rows, int firstColumn) {
    TiledFormat format = w.format();
    if (rows <= format.maxRows()) {
      streamed.add(w, bias, firstRow, rows, firstColumn);
    } else if (rows <= format.maxSharedRows()) {
      shared.run(x, w, bias, accumulate, y, firstRow, rows, firstColumn);
    } else {
      blocked.run(x, w, bias, accumulate, y, firstRow, rows, firstColumn);
    }
  }

  /** Does what has been added and waits. */
  void end() {
    streamed.run();
  }
}
