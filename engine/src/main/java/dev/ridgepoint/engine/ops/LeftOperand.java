package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.kernels.ColumnPacking;
import dev.ridgepoint.engine.kernels.RowPacking;

/**
 * The left operand of products, {@code [rows][depth]}: a matrix as it lies, or one whose columns
 * are its rows.
 */
final class LeftOperand {
  private Tensor matrix;
  private boolean isTransposed;

  /** From now on this matrix. */
  void of(Tensor matrix, boolean isTransposed) {
    this.matrix = matrix;
    this.isTransposed = isTransposed;
  }

  /**
   * Packs steps of some rows as a tile reads them, {@code [steps][height]}.
   *
   * @param count rows that there are; the others of the tile become zero
   */
  void interleave(
      int firstRow,
      int count,
      int height,
      int firstStep,
      int steps,
      float[] target,
      int targetOffset) {
    long width = 4L * matrix.size(1);
    if (isTransposed) {
      long from = firstStep * width + 4L * firstRow;
      ColumnPacking.interleave(
          matrix.segment(), from, width, count, height, steps, target, targetOffset);
    } else {
      long from = firstRow * width + 4L * firstStep;
      RowPacking.interleave(
          matrix.segment(), from, width, count, height, steps, target, targetOffset);
    }
  }
}
