package dev.ridgepoint.engine.training;

import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.kernels.ColumnPacking;
import dev.ridgepoint.engine.kernels.RowPacking;
import dev.ridgepoint.engine.kernels.TileLoops;
import dev.ridgepoint.engine.ops.Activation;
import dev.ridgepoint.engine.ops.TilePlan;
import java.util.Arrays;

/**
 * The left operand of attention's products, cut into tiles: rows of a head, or its elements, each
 * against a column for every query. Memory is kept, and grows to the largest.
 */
final class HeadOperand {
  private final TilePlan plan = TilePlan.ofLoops();
  private float[] tiles = new float[0];
  private int depth;

  private void begin(int rows, int depth) {
    plan.plan(rows);
    this.depth = paddedDepth(depth);
    int needed = Math.multiplyExact(plan.paddedRows(), this.depth);
    if (tiles.length < needed) {
      tiles = new float[needed];
    }
  }

  /** The depth of a product that {@code depth} steps are part of. */
  static int paddedDepth(int depth) {
    return Math.ceilDiv(depth, TileLoops.STEPS) * TileLoops.STEPS;
  }

  /** Rows with those that pad the last tile. */
  int paddedRows() {
    return plan.paddedRows();
  }

  /** The rows of a head, one for each token: as deep as the head has elements. */
  void packRows(Activation source, int firstRow, int rows, int column, int elements) {
    begin(rows, elements);
    long rowBytes = 4L * source.width();
    for (int tile = 0; tile < plan.tiles(); tile++) {
      int first = plan.firstRow(tile);
      int height = plan.tileRows(tile);
      int to = first * depth;
      RowPacking.interleave(
          source.tensor().segment(),
          (firstRow + first) * rowBytes + 4L * column,
          rowBytes,
          plan.rowsOf(tile, tile + 1),
          height,
          elements,
          tiles,
          to);
      Arrays.fill(tiles, to + height * elements, to + height * depth, 0f);
    }
  }

  /** The elements of a head: as deep as there are tokens. */
  void packElements(Activation source, int firstRow, int rows, int column, int elements) {
    begin(elements, rows);
    long rowBytes = 4L * source.width();
    for (int tile = 0; tile < plan.tiles(); tile++) {
      int height = plan.tileRows(tile);
      int to = plan.firstRow(tile) * depth;
      ColumnPacking.interleave(
          source.tensor().segment(),
          firstRow * rowBytes + 4L * (column + plan.firstRow(tile)),
          rowBytes,
          plan.rowsOf(tile, tile + 1),
          height,
          rows,
          tiles,
          to);
      Arrays.fill(tiles, to + height * rows, to + height * depth, 0f);
    }
  }

  /**
   * The first rows of a result {@code [rows][LOOP_COLUMNS]}, as deep as it has columns.
   *
   * @param rows of the whole, whose tiles these are
   * @param used what the others are zero beyond
   */
  void packColumns(float[] source, int rows, int used) {
    begin(rows, Blocking.LOOP_COLUMNS);
    for (int tile = 0; tile < plan.tiles() && plan.firstRow(tile) < used; tile++) {
      int height = plan.tileRows(tile);
      int first = plan.firstRow(tile);
      int to = first * depth;
      for (int i = 0; i < height; i++) {
        int from = (first + i) * Blocking.LOOP_COLUMNS;
        boolean isUsed = first + i < used;
        for (int column = 0; column < depth; column++) {
          tiles[to + column * height + i] = isUsed ? source[from + column] : 0f;
        }
      }
    }
  }

  /**
   * {@code c += a w} for the first rows.
   *
   * @param rows a tile's or more; up to those of a whole tile are computed
   * @param w {@code [depth][LOOP_COLUMNS]}
   * @param c {@code [paddedRows][LOOP_COLUMNS]}
   */
  void multiplyAdd(int rows, float[] w, float[] c) {
    int end = 0;
    while (end < plan.tiles() && plan.firstRow(end) < rows) {
      end++;
    }
    for (int tile = 0; tile < end; ) {
      int next = plan.endOfHeight(tile, end);
      multiplyAdd(tile, next, depth, w, c);
      tile = next;
    }
  }

  /**
   * {@code c += a w} over the first steps of all rows.
   *
   * @param steps a padded depth
   */
  void multiplyAddSteps(int steps, float[] w, float[] c) {
    for (int tile = 0; tile < plan.tiles(); tile++) {
      multiplyAdd(tile, tile + 1, steps, w, c);
    }
  }

  private void multiplyAdd(int tile, int end, int steps, float[] w, float[] c) {
    TileLoops.multiplyAdd(
        plan.tileRows(tile),
        Blocking.LOOP_PANELS,
        end - tile,
        tiles,
        plan.firstRow(tile) * depth,
        w,
        steps,
        c,
        plan.firstRow(tile) * Blocking.LOOP_COLUMNS);
  }
}
