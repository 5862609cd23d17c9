package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.kernels.Tiles;
import dev.ridgepoint.engine.panels.PackedMatrix;

/** Where the sums of a product begin and end: with the bias or what is in y, and in y. */
final class ProductSums {
  private PackedMatrix w;
  private float[] bias;
  private boolean accumulate;
  private Tensor y;
  private int firstRow;
  private int firstColumn;

  /** See {@link MatMul}; rows are counted from {@code firstRow} of y on. */
  void of(
      PackedMatrix w, float[] bias, boolean accumulate, Tensor y, int firstRow, int firstColumn) {
    this.w = w;
    this.bias = bias;
    this.accumulate = accumulate;
    this.y = y;
    this.firstRow = firstRow;
    this.firstColumn = firstColumn;
  }

  /**
   * Begins the sums of a panel's columns.
   *
   * @param c rows of {@code stride} sums, from {@code cOffset} on
   * @param row the first one
   */
  void begin(float[] c, int cOffset, int stride, int row, int rows, int panel) {
    Tiles.beginSums(
        c,
        cOffset,
        stride,
        rows,
        w.columns(panel),
        bias,
        firstColumn + panel * Blocking.PANEL,
        accumulate,
        y.segment(),
        offset(row, panel),
        4L * y.size(1));
  }

  /** Stores what {@link #begin} began. */
  void store(float[] c, int cOffset, int stride, int row, int rows, int panel) {
    Tiles.storeSums(
        c,
        cOffset,
        stride,
        rows,
        w.columns(panel),
        y.segment(),
        offset(row, panel),
        4L * y.size(1));
  }

  private long offset(int row, int panel) {
    return 4L * (((long) firstRow + row) * y.size(1) + firstColumn + panel * Blocking.PANEL);
  }
}
