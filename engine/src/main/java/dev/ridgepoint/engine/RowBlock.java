package dev.ridgepoint.engine;

import dev.ridgepoint.engine.kernels.Lanes;
import dev.ridgepoint.engine.kernels.PanelFormat;
import dev.ridgepoint.engine.kernels.Streams;
import dev.ridgepoint.engine.kernels.Tiles;
import java.lang.foreign.MemorySegment;

/**
 * How the rows of a matrix are cut for a product with packed panels: few rows into one tile that
 * streams the panels from memory, many rows into register tiles that share each panel once it has
 * been unpacked into the cache. Either way the rows are interleaved tile by tile.
 */
final class RowBlock {
  private int rows;
  private int paddedRows;
  private int tiles;
  private int[] firstRow = new int[8];
  private boolean streaming;

  /** Cuts {@code rows} rows, at least 1. */
  void plan(int rows) {
    this.rows = rows;
    tiles = 0;
    streaming = rows <= Streams.MAX_ROWS;
    int planned = 0;
    while (planned < rows) {
      if (tiles + 2 > firstRow.length) {
        firstRow = java.util.Arrays.copyOf(firstRow, 2 * firstRow.length);
      }
      firstRow[tiles++] = planned;
      planned += streaming ? Streams.kernelRows(rows) : Tiles.nextRows(rows - planned);
    }
    firstRow[tiles] = planned;
    paddedRows = planned;
  }

  int rows() {
    return rows;
  }

  /** Rows with the padding that the last tiles need. */
  int paddedRows() {
    return paddedRows;
  }

  int tiles() {
    return tiles;
  }

  boolean streaming() {
    return streaming;
  }

  int firstRow(int tile) {
    return firstRow[tile];
  }

  int tileRows(int tile) {
    return firstRow[tile + 1] - firstRow[tile];
  }

  /**
   * Interleaves the rows of {@code tile}.
   *
   * @param source the tile's rows, {@code stride} floats apart
   * @param target where the block's interleaved rows begin
   */
  void interleave(
      int tile,
      float[] source,
      int sourceOffset,
      int stride,
      int depth,
      float[] target,
      int targetOffset) {
    int height = tileRows(tile);
    Tiles.interleave(
        source,
        sourceOffset,
        stride,
        Math.min(height, rows - firstRow[tile]),
        height,
        depth,
        target,
        targetOffset + firstRow[tile] * depth);
  }

  /**
   * {@code c += x * w} for tiles {@code fromTile..toTile} and up to {@code STRIDE / PANEL} panels.
   *
   * @param x the block's interleaved rows from {@code xOffset}
   * @param w panels from byte {@code wOffset}, {@code panelBytes} apart, of which {@code depth}
   *     steps from step {@code fromStep} on take part
   * @param c rows from that of {@code fromTile} on, {@link Tiles#STRIDE} apart, from {@code
   *     cOffset}
   * @param unpacked scratch of {@code depth * PANEL} floats
   */
  void multiplyAdd(
      int fromTile,
      int toTile,
      PanelFormat format,
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      long panelBytes,
      int panels,
      int fromStep,
      int depth,
      float[] c,
      int cOffset,
      float[] unpacked) {
    if (streaming) {
      long first = wOffset + format.bytes(fromStep);
      Streams.multiplyAdd(
          format, paddedRows, panels, x, xOffset, w, first, panelBytes, depth, c, cOffset);
      return;
    }
    for (int panel = 0; panel < panels; panel++) {
      format.unpack(w, wOffset + panel * panelBytes, fromStep, depth, unpacked);
      for (int tile = fromTile; tile < toTile; tile++) {
        Tiles.multiplyAdd(
            tileRows(tile),
            x,
            xOffset + firstRow[tile] * depth,
            unpacked,
            0,
            depth,
            c,
            cOffset + (firstRow[tile] - firstRow[fromTile]) * Tiles.STRIDE + panel * Lanes.PANEL);
      }
    }
  }
}
