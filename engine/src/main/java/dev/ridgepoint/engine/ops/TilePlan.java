package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.panels.KeyValueFormat;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** How the rows of a matrix are cut into register tiles for products with packed panels. */
public final class TilePlan {
  private final int[] heights;
  private int rows;
  private int tiles;
  private int[] firstRow = new int[8];

  /**
   * A plan of tiles of some heights.
   *
   * @param heights ascending
   */
  TilePlan(int[] heights) {
    this.heights = heights;
  }

  /** A plan of the tiles that multiply panels as they are. */
  static TilePlan ofTiles() {
    return new TilePlan(Blocking.heights());
  }

  /** The same, of tiles of up to {@code maxRows} rows. */
  static TilePlan ofTilesUpTo(int maxRows) {
    return new TilePlan(
        Arrays.stream(Blocking.heights()).filter(height -> height <= maxRows).toArray());
  }

  /** A plan of the tiles that a loop over tiles multiplies with unpacked panels. */
  public static TilePlan ofLoops() {
    return new TilePlan(Blocking.loopHeights());
  }

  /**
   * Cuts {@code rows} rows, at least 1, into as few tiles as there can be, about equally high: the
   * tallest first, the last ones no higher than they must be.
   */
  public void plan(int rows) {
    this.rows = rows;
    tiles = Math.ceilDiv(rows, heights[heights.length - 1]);
    if (tiles >= firstRow.length) {
      firstRow = new int[tiles + 1];
    }
    int planned = 0;
    for (int tile = 0; tile < tiles; tile++) {
      firstRow[tile] = planned;
      planned += lowest(Math.ceilDiv(rows - planned, tiles - tile));
    }
    firstRow[tiles] = planned;
  }

  private int lowest(int needed) {
    int i = 0;
    while (heights[i] < needed) {
      i++;
    }
    return heights[i];
  }

  public int rows() {
    return rows;
  }

  /** Rows with the padding that the last tiles need. */
  public int paddedRows() {
    return firstRow[tiles];
  }

  public int tiles() {
    return tiles;
  }

  public int firstRow(int tile) {
    return firstRow[tile];
  }

  public int tileRows(int tile) {
    return firstRow[tile + 1] - firstRow[tile];
  }

  /** Rows of tiles without their padding, of which none may be left. */
  public int rowsOf(int tile, int endTile) {
    return Math.min(firstRow[endTile], rows) - Math.min(firstRow[tile], rows);
  }

  /** The first tile from {@code tile} on, before {@code end}, that has another height. */
  public int endOfHeight(int tile, int end) {
    int next = tile + 1;
    while (next < end && tileRows(next) == tileRows(tile)) {
      next++;
    }
    return next;
  }

  /**
   * {@code c += x * w} for all tiles and up to {@code STRIDE / PANEL} panels.
   *
   * @param x the interleaved rows, tile by tile, {@code depth} steps each
   * @param fromStep the first of the {@code steps} of x that take part
   * @param w panels from byte {@code wOffset}, {@code panelBytes} apart, which begin with that step
   * @param c rows {@link Blocking#STRIDE} apart, from {@code cOffset}
   */
  void multiplyAdd(
      KeyValueFormat format,
      float[] x,
      int depth,
      int fromStep,
      int steps,
      MemorySegment w,
      long wOffset,
      long panelBytes,
      int panels,
      float[] c,
      int cOffset) {
    int panelsAtOnce = tiles == 1 ? format.panelsAtOnce(paddedRows()) : 1;
    for (int panel = 0; panel < panels; panel += panelsAtOnce) {
      int now = Math.min(panelsAtOnce, panels - panel);
      long start = wOffset + panel * panelBytes;
      for (int tile = 0; tile < tiles; tile++) {
        int column = cOffset + firstRow[tile] * Blocking.STRIDE + panel * Blocking.PANEL;
        int height = tileRows(tile);
        int xOffset = firstRow[tile] * depth + fromStep * height;
        format.multiplyAdd(height, now, x, xOffset, w, start, panelBytes, steps, c, column);
      }
    }
  }
}
