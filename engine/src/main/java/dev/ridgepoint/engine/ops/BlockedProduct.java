package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.kernels.PanelLayout;
import dev.ridgepoint.engine.kernels.TileLoops;
import dev.ridgepoint.engine.panels.PackedMatrix;
import dev.ridgepoint.engine.panels.TiledFormat;
import java.util.Arrays;

/**
 * The product of many rows, as in prefill: blocks of rows stay in the L2 cache while panels pass
 * by, of each of which a block of steps is unpacked to floats in the L1 cache and multiplied with
 * all tiles of the rows in one call.
 *
 * <p>First all of x is interleaved, tile by tile within blocks of steps. Then workers share the
 * pairs of a block of rows and a group of panels. The sums of a few groups wait on the heap from
 * one block of steps to the next, begin in y and are stored there once.
 */
final class BlockedProduct {
  private final Workers workers;
  private final WorkerScratch[] scratch;
  private final TilePlan plan = TilePlan.ofLoops();
  private final ProductSums sums = new ProductSums();
  private final Workers.Task interleave = this::interleave;
  private final Workers.Task multiply = this::multiply;

  private float[] xInterleaved = new float[0];
  private LeftOperand x;
  private int firstRow;
  private PackedMatrix w;
  private TiledFormat format;
  private int rowBlocks;

  /** Steps of a block, but for the last one, which may have fewer. */
  private int blockSteps;

  private static final class WorkerScratch {
    /** A block of steps of a group of panels. */
    private final float[] w = new float[Blocking.LOOP_DEPTH * Blocking.LOOP_COLUMNS];

    /** Sums: group by group, tile by tile. */
    private float[] c = new float[0];

    void ensureSums(int rows) {
      int needed = Blocking.LOOP_GROUPS * rows * Blocking.LOOP_COLUMNS;
      if (c.length < needed) {
        c = new float[needed];
      }
    }
  }

  BlockedProduct(Workers workers) {
    this.workers = workers;
    scratch = new WorkerScratch[workers.size()];
    Arrays.setAll(scratch, i -> new WorkerScratch());
  }

  /** See {@link MatMul}. */
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
    rowBlocks = Math.ceilDiv(plan.paddedRows(), Blocking.LOOP_ROWS);
    int blocks = Math.ceilDiv(w.inputs(), Blocking.LOOP_DEPTH);
    blockSteps = roundUp(Math.ceilDiv(w.inputs(), blocks), PanelLayout.BLOCK_STEPS);
    int needed = Math.multiplyExact(plan.paddedRows(), roundUp(w.inputs(), TileLoops.STEPS));
    if (xInterleaved.length < needed) {
      xInterleaved = new float[needed];
    }
    int tile = plan.paddedRows() / plan.tiles() * w.inputs();
    workers.run(plan.tiles(), Blocking.grainOfElements(tile), interleave);
    int products = Math.multiplyExact(rowBlocks, groups());
    long multiplyAdds = (long) rows * w.inputs() * w.outputs();
    workers.run(products, Blocking.grainOfProducts(products, 1, multiplyAdds), multiply);
  }

  private static int roundUp(int number, int unit) {
    return Math.ceilDiv(number, unit) * unit;
  }

  /** Panels that are unpacked side by side are a group. */
  private int groups() {
    return Math.ceilDiv(w.panels(), Blocking.LOOP_PANELS);
  }

  private void interleave(int worker, int fromTile, int toTile) {
    for (int tile = fromTile; tile < toTile; tile++) {
      int first = plan.firstRow(tile);
      int height = plan.tileRows(tile);
      int count = plan.rowsOf(tile, tile + 1);
      for (int step = 0; step < w.inputs(); step += blockSteps) {
        int depth = Math.min(blockSteps, w.inputs() - step);
        int to = xOffset(step, first);
        x.interleave(firstRow + first, count, height, step, depth, xInterleaved, to);
        Arrays.fill(
            xInterleaved, to + height * depth, to + height * roundUp(depth, TileLoops.STEPS), 0f);
      }
    }
  }

  /** Where the steps of a block lie that begin with {@code step}, of tiles from a row on. */
  private int xOffset(int step, int row) {
    int depth = roundUp(Math.min(blockSteps, w.inputs() - step), TileLoops.STEPS);
    return step * plan.paddedRows() + row * depth;
  }

  /** Does products of a block of rows with a group, counted group by group within the blocks. */
  private void multiply(int worker, int from, int to) {
    int groups = groups();
    for (int product = from; product < to; ) {
      int rowBlock = product / groups;
      int group = product % groups;
      int count = Math.min(Math.min(to - product, groups - group), Blocking.LOOP_GROUPS);
      int firstTile = (int) ((long) plan.tiles() * rowBlock / rowBlocks);
      int endTile = (int) ((long) plan.tiles() * (rowBlock + 1) / rowBlocks);
      multiply(scratch[worker], firstTile, endTile, group, count);
      product += count;
    }
  }

  private void multiply(WorkerScratch own, int firstTile, int endTile, int group, int count) {
    int rows = plan.firstRow(endTile) - plan.firstRow(firstTile);
    own.ensureSums(rows);
    for (int step = 0; step < w.inputs(); step += blockSteps) {
      int steps = Math.min(blockSteps, w.inputs() - step);
      boolean first = step == 0;
      boolean last = step + steps == w.inputs();
      for (int i = 0; i < count; i++) {
        unpack(own, group + i, step, steps);
        int groupOffset = i * rows * Blocking.LOOP_COLUMNS;
        for (int tile = firstTile; tile < endTile; ) {
          int end = plan.endOfHeight(tile, endTile);
          if (first || last) {
            end = Math.min(end, tile + Blocking.LOOP_STORED_TILES);
          }
          int c =
              groupOffset
                  + (plan.firstRow(tile) - plan.firstRow(firstTile)) * Blocking.LOOP_COLUMNS;
          if (first) {
            begin(own.c, c, tile, end, group + i);
          }
          TileLoops.multiplyAdd(
              plan.tileRows(tile),
              Blocking.LOOP_PANELS,
              end - tile,
              xInterleaved,
              xOffset(step, plan.firstRow(tile)),
              own.w,
              roundUp(steps, TileLoops.STEPS),
              own.c,
              c);
          if (last) {
            store(own.c, c, tile, end, group + i);
          }
          tile = end;
        }
      }
    }
  }

  private void unpack(WorkerScratch own, int group, int step, int steps) {
    for (int i = 0; i < panelsOf(group); i++) {
      int panel = group * Blocking.LOOP_PANELS + i;
      long offset = panel * w.panelBytes() + format.bytes(step);
      format.unpack(w.segment(), offset, steps, own.w, i * Blocking.PANEL);
    }
    int end = steps * Blocking.LOOP_COLUMNS;
    Arrays.fill(own.w, end, roundUp(steps, TileLoops.STEPS) * Blocking.LOOP_COLUMNS, 0f);
  }

  private void begin(float[] c, int cOffset, int tile, int endTile, int group) {
    for (int i = 0; i < panelsOf(group); i++) {
      sums.begin(
          c,
          cOffset + i * Blocking.PANEL,
          Blocking.LOOP_COLUMNS,
          plan.firstRow(tile),
          plan.rowsOf(tile, endTile),
          group * Blocking.LOOP_PANELS + i);
    }
  }

  private void store(float[] c, int cOffset, int tile, int endTile, int group) {
    for (int i = 0; i < panelsOf(group); i++) {
      sums.store(
          c,
          cOffset + i * Blocking.PANEL,
          Blocking.LOOP_COLUMNS,
          plan.firstRow(tile),
          plan.rowsOf(tile, endTile),
          group * Blocking.LOOP_PANELS + i);
    }
  }

  /** Those of the last group may be fewer. */
  private int panelsOf(int group) {
    return Math.min(Blocking.LOOP_PANELS, w.panels() - group * Blocking.LOOP_PANELS);
  }
}
