package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.kernels.RowPacking;
import dev.ridgepoint.engine.panels.PackedMatrix;
import dev.ridgepoint.engine.panels.TiledFormat;

/**
 * The product of few rows, as in decode: one tile holds all of them and reads the weights once,
 * several panels at a time, as they lie in memory. Its sums begin in y, stay in registers over the
 * whole depth and are stored once.
 */
final class StreamedProduct {
  private final Workers workers;

  /** The sums of a tile, and what its format needs behind them, for every worker. */
  private final float[][] scratch;

  private final TilePlan plan = TilePlan.ofTiles();
  private final ProductSums sums = new ProductSums();
  private final Workers.Task stream = this::stream;

  private float[] xInterleaved = new float[0];
  private PackedMatrix w;
  private TiledFormat format;

  StreamedProduct(Workers workers) {
    this.workers = workers;
    scratch = new float[workers.size()][0];
  }

  /** See {@link MatMul}; one tile holds all rows. */
  void run(
      Tensor x,
      PackedMatrix w,
      float[] bias,
      boolean accumulate,
      Tensor y,
      int firstRow,
      int rows,
      int firstColumn) {
    this.w = w;
    sums.of(w, bias, accumulate, y, firstRow, firstColumn);
    plan.plan(rows);
    format = (TiledFormat) w.format();
    int height = plan.tileRows(0);
    int needed = Math.multiplyExact(height, format.preparedSteps(w.inputs()));
    if (xInterleaved.length < needed) {
      xInterleaved = new float[needed];
    }
    long from = 4L * firstRow * w.inputs();
    RowPacking.interleave(
        x.segment(), from, 4L * w.inputs(), rows, height, w.inputs(), xInterleaved, 0);
    format.prepare(xInterleaved, 0, height, w.inputs());
    workers.run(w.panels(), Blocking.STREAMED_PANELS, stream);
  }

  /**
   * Reads the panels in as many streams as the kernel has room for, each one contiguous: a stream
   * that jumps loses what the prefetchers know of it.
   */
  private void stream(int worker, int fromPanel, int toPanel) {
    int streams = format.panelsAtOnce(plan.paddedRows());
    float[] c = sums(worker, streams);
    int length = (toPanel - fromPanel) / streams;
    for (int i = 0; i < length; i++) {
      stream(c, fromPanel + i, length, streams);
    }
    int rest = fromPanel + length * streams;
    if (rest < toPanel) {
      stream(c, rest, 1, toPanel - rest);
    }
  }

  private float[] sums(int worker, int panels) {
    int rows = plan.paddedRows();
    int needed = rows * Blocking.STRIDE + format.scratchFloats(rows, panels);
    if (scratch[worker].length < needed) {
      scratch[worker] = new float[needed];
    }
    return scratch[worker];
  }

  /** Does {@code panels} panels from {@code panel} on, each {@code distance} after the last. */
  private void stream(float[] c, int panel, int distance, int panels) {
    for (int i = 0; i < panels; i++) {
      sums.begin(c, i * Blocking.PANEL, Blocking.STRIDE, 0, plan.rows(), panel + i * distance);
    }
    format.multiplyAdd(
        plan.paddedRows(),
        panels,
        xInterleaved,
        0,
        w.segment(),
        panel * w.panelBytes(),
        distance * w.panelBytes(),
        w.inputs(),
        c,
        0);
    for (int i = 0; i < panels; i++) {
      sums.store(c, i * Blocking.PANEL, Blocking.STRIDE, 0, plan.rows(), panel + i * distance);
    }
  }
}
