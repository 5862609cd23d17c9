package dev.ridgepoint.engine.kernels;

import java.lang.foreign.MemorySegment;

/**
 * The product of few rows with packed panels, {@code c += x * w}, streaming the panels from memory
 * once: what decoding spends its time in.
 *
 * <p>Layouts and the order of additions are those of {@link Tiles}, but that w stays in native
 * memory and in its own format.
 */
public final class Streams {
  /** The most rows that one pass over the panels can serve with accumulators in registers. */
  public static final int MAX_ROWS = Lanes.MANY_REGISTERS ? 8 : 4;

  private Streams() {}

  /** Rows of the kernel that serves {@code rows}, at most {@link #MAX_ROWS}: 1, 2, 4 or 8. */
  public static int kernelRows(int rows) {
    return rows <= 2 ? rows : rows <= 4 ? 4 : 8;
  }

  /**
   * {@code c += x * w} for {@code panels} neighbouring panels.
   *
   * @param format of w
   * @param rows 1, 2, 4 or 8
   * @param panels any number whose columns fit into {@link Tiles#STRIDE}
   * @param x {@code [depth][rows]} floats from {@code xOffset}
   * @param w panels {@code [depth][PANEL]} from byte {@code wOffset}, {@code panelBytes} apart
   * @param c {@code rows} rows of {@code panels * PANEL} floats, {@code STRIDE} apart
   */
  public static void multiplyAdd(
      PanelFormat format,
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
    int sideBySide = format.sideBySide(rows);
    for (int panel = 0; panel < panels; panel += sideBySide) {
      int now = Math.min(sideBySide, panels - panel);
      long start = wOffset + panel * panelBytes;
      int column = cOffset + panel * Lanes.PANEL;
      format.multiplyAdd(rows, now, x, xOffset, w, start, panelBytes, depth, c, column);
    }
  }
}
