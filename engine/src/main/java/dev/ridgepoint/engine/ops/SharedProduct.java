package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.panels.PackedMatrix;
import dev.ridgepoint.engine.panels.TiledFormat;

/**
 * The product of several tiles of rows with panels as they lie in memory: each panel is in a cache
 * while all tiles of a block multiply it. A tile's sums begin in y, stay in registers over the
 * whole depth and are stored once.
 */
final class SharedProduct {
  private final Workers workers;

  /** The sums of a tile, for every worker. */
  private final float[][] scratch;

  private final TilePlan plan = TilePlan.ofTiles();
  private final ProductSums sums = new ProductSums();
  private final Workers.Task interleave = this::interleave;
  private final Workers.Task multiply = this::multiply;

  private float[] xInterleaved = new float[0];
  private LeftOperand x;
  private int firstRow;
  private PackedMatrix w;
  private TiledFormat format;

  SharedProduct(Workers workers) {
    this.workers = workers;
    scratch = new float[workers.size()][Blocking.MAX_ROWS * Blocking.STRIDE];
  }

  /** See {@link MatMul}; the format has tiles of every height. */
  void run(
      LeftOperand x,
      PackedMatrix w,
      float[] bias,
      boolean accumulate,
      Tensor y,
      int firstRow,
      int rows,
      int firstColumn) {
    this.x = x;
    this.firstRow = firstRow;
    this.w = w;
    sums.of(w, bias, accumulate, y, firstRow, firstColumn);
    format = w.format();
    plan.plan(rows);
    int needed = Math.multiplyExact(plan.paddedRows(), w.inputs());
    if (xInterleaved.length < needed) {
      xInterleaved = new float[needed];
    }
    int tile = plan.paddedRows() / plan.tiles() * w.inputs();
    workers.run(plan.tiles(), Blocking.grainOfElements(tile), interleave);
    int products = Math.multiplyExact(w.panels(), plan.tiles());
    long multiplyAdds = (long) rows * w.inputs() * w.outputs();
    workers.run(products, Blocking.grainOfProducts(products, 1, multiplyAdds), multiply);
  }

  private void interleave(int worker, int fromTile, int toTile) {
    int depth = w.inputs();
    for (int tile = fromTile; tile < toTile; tile++) {
      int first = plan.firstRow(tile);
      x.interleave(
          firstRow + first,
          plan.rowsOf(tile, tile + 1),
          plan.tileRows(tile),
          0,
          depth,
          xInterleaved,
          first * depth);
    }
  }

  /**
   * Does products of one tile with one panel. They are counted panel by panel within a block of
   * tiles, so that workers meet in few blocks: what one of them wrote is far from another's caches
   * if they do not share one.
   */
  private void multiply(int worker, int from, int to) {
    int product = from;
    while (product < to) {
      int firstTile = product / (Blocking.BLOCK_TILES * w.panels()) * Blocking.BLOCK_TILES;
      int height = Math.min(Blocking.BLOCK_TILES, plan.tiles() - firstTile);
      int inBlock = product - firstTile * w.panels();
      int panel = inBlock / height;
      int tile = firstTile + inBlock % height;
      int end = Math.min(firstTile + height, tile + to - product);
      multiply(scratch[worker], tile, end, panel);
      product += end - tile;
    }
  }

  /** Multiplies tiles with one panel. */
  private void multiply(float[] c, int fromTile, int toTile, int panel) {
    int depth = w.inputs();
    for (int tile = fromTile; tile < toTile; tile++) {
      int first = plan.firstRow(tile);
      int rows = plan.rowsOf(tile, tile + 1);
      sums.begin(c, 0, Blocking.STRIDE, first, rows, panel);
      format.multiplyAdd(
          plan.tileRows(tile),
          1,
          xInterleaved,
          first * depth,
          w.segment(),
          panel * w.panelBytes(),
          0,
          depth,
          c,
          0);
      sums.store(c, 0, Blocking.STRIDE, first, rows, panel);
    }
  }
}
