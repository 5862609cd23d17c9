package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.kernels.RowPacking;
import dev.ridgepoint.engine.panels.PackedMatrix;
import dev.ridgepoint.engine.panels.TiledFormat;
import java.util.Arrays;
import java.util.List;

/**
 * Products of each head's elements with a matrix of its own: many small ones, so that workers share
 * the heads and each does the products of a head alone, on panels as they lie in memory. A block of
 * tiles stays in a cache while the head's panels pass by.
 */
final class HeadProducts {
  private final Workers workers;
  private final WorkerScratch[] scratch;
  private final Workers.Task multiply = this::multiply;

  private HeadPart x;
  private List<PackedMatrix> w;
  private TiledFormat format;
  private TilePlan plan;
  private Activation y;

  private static final class WorkerScratch {
    private final ProductSums sums = new ProductSums();

    /** The sums of a tile, and what its format needs behind them. */
    private float[] c = new float[0];

    /** The interleaved rows of a block of tiles. */
    private float[] x = new float[0];

    void ensure(int floats) {
      if (x.length < floats) {
        x = new float[floats];
      }
    }

    void ensureSums(int floats) {
      if (c.length < floats) {
        c = new float[floats];
      }
    }
  }

  HeadProducts(Workers workers) {
    this.workers = workers;
    scratch = new WorkerScratch[workers.size()];
    Arrays.setAll(scratch, i -> new WorkerScratch());
  }

  /**
   * See {@link HeadLinear}; shapes have been checked.
   *
   * @param plan of tiles that the matrices' format has
   */
  void run(HeadPart x, List<PackedMatrix> w, TilePlan plan, Activation y) {
    this.x = x;
    this.w = w;
    this.plan = plan;
    this.y = y;
    format = w.getFirst().format();
    plan.plan(x.x().rows());
    PackedMatrix first = w.getFirst();
    long multiplyAdds = (long) x.heads() * x.x().rows() * first.inputs() * first.outputs();
    workers.run(x.heads(), Blocking.grainOfProducts(x.heads(), 1, multiplyAdds), multiply);
  }

  private void multiply(int worker, int fromHead, int toHead) {
    WorkerScratch own = scratch[worker];
    for (int head = fromHead; head < toHead; head++) {
      PackedMatrix matrix = w.get(head);
      own.sums.of(matrix, null, false, y.tensor(), 0, head * matrix.outputs());
      for (int tile = 0; tile < plan.tiles(); tile += Blocking.BLOCK_TILES) {
        int end = Math.min(plan.tiles(), tile + Blocking.BLOCK_TILES);
        interleave(own, head, tile, end);
        multiply(own, matrix, tile, end);
      }
    }
  }

  private void interleave(WorkerScratch own, int head, int fromTile, int toTile) {
    int depth = x.elements();
    int perRow = format.preparedSteps(depth);
    own.ensure((plan.firstRow(toTile) - plan.firstRow(fromTile)) * perRow);
    for (int tile = fromTile; tile < toTile; tile++) {
      int height = plan.tileRows(tile);
      int to = (plan.firstRow(tile) - plan.firstRow(fromTile)) * perRow;
      RowPacking.interleave(
          x.x().tensor().segment(),
          x.offset(plan.firstRow(tile), head),
          (long) Float.BYTES * x.x().width(),
          plan.rowsOf(tile, tile + 1),
          height,
          depth,
          own.x,
          to);
      format.prepare(own.x, to, height, depth);
    }
  }

  /** One tile reads several panels at once, several tiles a panel after the other. */
  private void multiply(WorkerScratch own, PackedMatrix matrix, int fromTile, int toTile) {
    int depth = x.elements();
    int perRow = format.preparedSteps(depth);
    int atOnce = toTile - fromTile == 1 ? format.panelsAtOnce(plan.tileRows(fromTile)) : 1;
    for (int panel = 0; panel < matrix.panels(); panel += atOnce) {
      int panels = Math.min(atOnce, matrix.panels() - panel);
      for (int tile = fromTile; tile < toTile; tile++) {
        int rows = plan.rowsOf(tile, tile + 1);
        int height = plan.tileRows(tile);
        own.ensureSums(height * Blocking.STRIDE + format.scratchFloats(height, panels));
        for (int i = 0; i < panels; i++) {
          own.sums.begin(
              own.c, i * Blocking.PANEL, Blocking.STRIDE, plan.firstRow(tile), rows, panel + i);
        }
        format.multiplyAdd(
            height,
            panels,
            own.x,
            (plan.firstRow(tile) - plan.firstRow(fromTile)) * perRow,
            matrix.segment(),
            panel * matrix.panelBytes(),
            matrix.panelBytes(),
            depth,
            own.c,
            0);
        for (int i = 0; i < panels; i++) {
          own.sums.store(
              own.c, i * Blocking.PANEL, Blocking.STRIDE, plan.firstRow(tile), rows, panel + i);
        }
      }
    }
  }
}
