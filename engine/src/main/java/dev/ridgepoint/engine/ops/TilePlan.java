package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.panels.KeyValueFormat;
import dev.ridgepoint.engine.panels.PanelFormat;
import dev.ridgepoint.engine.panels.TiledFormat;
import dev.ridgepoint.engine.panels.WidenedFormat;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** How the rows of a matrix are cut into register tiles for products with packed panels. */
final class TilePlan {
  private int rows;
  private int tiles;
  private int[] firstRow = new int[8];

  /** Cuts {@code rows} rows, at least 1. */
  void plan(int rows) {
    this.rows = rows;
    tiles = 0;
    int planned = 0;
    while (planned < rows) {
      if (tiles + 2 > firstRow.length) {
        firstRow = Arrays.copyOf(firstRow, 2 * firstRow.length);
      }
      firstRow[tiles++] = planned;
      int height = Blocking.tileRows(rows - planned);
      if (tiles > 1) {
        height = Math.max(Blocking.MIN_FURTHER_ROWS, height);
      }
      planned += height;
    }
    firstRow[tiles] = planned;
  }

  int rows() {
    return rows;
  }

  /** Rows with the padding that the last tile needs. */
  int paddedRows() {
    return firstRow[tiles];
  }

  int tiles() {
    return tiles;
  }

  int firstRow(int tile) {
    return firstRow[tile];
  }

  int tileRows(int tile) {
    return firstRow[tile + 1] - firstRow[tile];
  }

  /**
   * The format in which these tiles are multiplied: {@code format} itself if it has kernels for
   * them, or else what it is unpacked to. What can be unpacked multiplies one tile only.
   */
  TiledFormat multiplied(PanelFormat format) {
    if (format instanceof WidenedFormat widened
        && !(format instanceof TiledFormat tiled && tiles == 1 && tileRows(0) <= tiled.maxRows())) {
      return multiplied(widened.unpacked());
    }
    return (TiledFormat) format;
  }

  /**
   * {@code c += x * w} for all tiles and up to {@code STRIDE / PANEL} panels.
   *
   * @param x the interleaved rows, tile by tile
   * @param w panels from byte {@code wOffset}, {@code panelBytes} apart, of which {@code depth}
   *     steps take part
   * @param c rows {@link Blocking#STRIDE} apart, from {@code cOffset}
   */
  void multiplyAdd(
      KeyValueFormat format,
      float[] x,
      MemorySegment w,
      long wOffset,
      long panelBytes,
      int panels,
      int depth,
      float[] c,
      int cOffset) {
    int panelsAtOnce = tiles == 1 ? format.panelsAtOnce(paddedRows()) : 1;
    for (int panel = 0; panel < panels; panel += panelsAtOnce) {
      int now = Math.min(panelsAtOnce, panels - panel);
      long start = wOffset + panel * panelBytes;
      for (int tile = 0; tile < tiles; tile++) {
        int column = cOffset + firstRow[tile] * Blocking.STRIDE + panel * Blocking.PANEL;
        int xOffset = firstRow[tile] * depth;
        format.multiplyAdd(tileRows(tile), now, x, xOffset, w, start, panelBytes, depth, c, column);
      }
    }
  }
}
