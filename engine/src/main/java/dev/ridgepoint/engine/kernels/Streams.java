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
  private Streams() {}

  /**
   * {@code c += x * w} for {@code panels} neighbouring panels.
   *
   * @param format of w
   * @param rows a height that {@link Tiles#rows} returned
   * @param panels any number whose columns fit into {@link Tiles#STRIDE}
   * @param x {@code [depth][rows]} floats from {@code xOffset}
   * @param w panels {@code [depth][PANEL]} from byte {@code wOffset}, {@code panelBytes} apart
   * @param c {@code rows} rows of {@code panels * PANEL} floats, {@code STRIDE} apart
   */
  public static void multiplyAdd(
      StreamedFormat format,
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
