package dev.ridgepoint.engine.kernels;

import java.lang.foreign.MemorySegment;

/**
 * The scalar twin of every tile, to check them against: columns of the panels are read as floats,
 * and each element of c is one chain of fused multiply-adds in ascending depth.
 *
 * <p>Tiles of plain formats compute the same bits. Quantised ones sum up a block before they scale
 * it, and differ by rounding.
 */
public final class Reference {
  private Reference() {}

  /** Reads one column of a panel, widened to float. */
  @FunctionalInterface
  public interface Columns {
    /** Writes the first {@code depth} numbers of {@code column} to {@code target}. */
    void read(MemorySegment panel, long panelOffset, int column, int depth, float[] target);
  }

  /**
   * {@code c += x * w}, with the operands of {@link Tiles}.
   *
   * @param x rows as they are, {@code [depth][rows]}: not prepared for a quantised format
   */
  public static void multiplyAdd(
      Columns columns,
      int rows,
      int panels,
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      long panelBytes,
      int depth,
      float[] c,
      int cOffset) {
    float[] column = new float[depth];
    for (int j = 0; j < panels * Blocking.PANEL; j++) {
      long panel = wOffset + j / Blocking.PANEL * panelBytes;
      columns.read(w, panel, j % Blocking.PANEL, depth, column);
      for (int row = 0; row < rows; row++) {
        int at = cOffset + row * Blocking.STRIDE + j;
        for (int k = 0; k < depth; k++) {
          c[at] = Math.fma(x[xOffset + k * rows + row], column[k], c[at]);
        }
      }
    }
  }
}
