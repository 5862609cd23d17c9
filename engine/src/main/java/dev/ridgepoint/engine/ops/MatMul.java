package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.PackedMatrix;
import dev.ridgepoint.engine.panels.TiledFormat;

/**
 * The product of activations with packed weights, {@code y = x * w^T + bias (+ y)}, in the way that
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

  MatMul(Workers workers) {
    streamed = new StreamedProduct(workers);
    shared = new SharedProduct(workers);
    blocked = new BlockedProduct(workers);
  }

  /**
   * See {@link Linear}; shapes have been checked.
   *
   * @param firstColumn of y and of the bias, which may be wider than w
   */
  void run(Tensor x, PackedMatrix w, float[] bias, boolean accumulate, Tensor y, int firstColumn) {
    run(x, w, bias, accumulate, y, 0, x.size(0), firstColumn);
  }

  /** Of {@code rows} rows of x and y from {@code firstRow} on. */
  void run(
      Tensor x,
      PackedMatrix w,
      float[] bias,
      boolean accumulate,
      Tensor y,
      int firstRow,
      int rows,
      int firstColumn) {
    TiledFormat format = (TiledFormat) w.format();
    if (rows <= format.maxRows()) {
      streamed.run(x, w, bias, accumulate, y, firstRow, rows, firstColumn);
    } else if (rows <= format.maxSharedRows()) {
      shared.run(x, w, bias, accumulate, y, firstRow, rows, firstColumn);
    } else {
      blocked.run(x, w, bias, accumulate, y, firstRow, rows, firstColumn);
    }
  }
}
