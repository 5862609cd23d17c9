package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.kernels.RowPacking;
import dev.ridgepoint.engine.panels.PackedMatrix;
import dev.ridgepoint.engine.panels.TiledFormat;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The product of few rows, as in decode: one tile holds all of them and reads the weights once,
 * several panels at a time, as they lie in memory. Its sums begin in y, stay in registers over the
 * whole depth and are stored once. Panels that must be repacked are so in blocks of steps, which
 * stay in a cache until they are multiplied; their sums wait on the heap for the next.
 */
final class StreamedProduct {
  private final Workers workers;
  private final WorkerScratch[] scratch;
  private final TilePlan plan = TilePlan.ofTiles();
  private final ProductSums sums = new ProductSums();
  private final Workers.Task stream = this::stream;

  private float[] xInterleaved = new float[0];
  private PackedMatrix w;
  private TiledFormat format;

  /** Steps of a block, but for the last one, which may have fewer. */
  private int blockSteps;

  private static final class WorkerScratch {
    /** The sums of a tile. */
    private final float[] c = new float[Blocking.MAX_ROWS * Blocking.STRIDE];

    private final RepackedPanels repacked = new RepackedPanels();
  }

  StreamedProduct(Workers workers) {
    this.workers = workers;
    scratch = new WorkerScratch[workers.size()];
    Arrays.setAll(scratch, i -> new WorkerScratch());
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
    format = MatMul.multiplied(w.format());
    int height = plan.tileRows(0);
    blockSteps = format.equals(w.format()) ? w.inputs() : Blocking.LOOP_DEPTH;
    int needed = Math.multiplyExact(height, format.preparedSteps(w.inputs()));
    if (xInterleaved.length < needed) {
      xInterleaved = new float[needed];
    }
    for (int step = 0; step < w.inputs(); step += blockSteps) {
      int steps = stepsFrom(step);
      int to = xOffset(step);
      long from = 4L * ((long) firstRow * w.inputs() + step);
      RowPacking.interleave(
          x.segment(), from, 4L * w.inputs(), rows, height, steps, xInterleaved, to);
      format.prepare(xInterleaved, to, height, steps);
    }
    workers.run(w.panels(), Blocking.STREAMED_PANELS, stream);
  }

  private int stepsFrom(int step) {
    return Math.min(blockSteps, w.inputs() - step);
  }

  private int xOffset(int step) {
    return plan.paddedRows() * format.preparedSteps(step);
  }

  /**
   * Reads the panels in as many streams as the kernel has room for, each one contiguous: a stream
   * that jumps loses what the prefetchers know of it.
   */
  private void stream(int worker, int fromPanel, int toPanel) {
    WorkerScratch own = scratch[worker];
    int streams = format.panelsAtOnce(plan.paddedRows());
    int length = (toPanel - fromPanel) / streams;
    for (int i = 0; i < length; i++) {
      stream(own, fromPanel + i, length, streams);
    }
    int rest = fromPanel + length * streams;
    if (rest < toPanel) {
      stream(own, rest, 1, toPanel - rest);
    }
  }

  /** Does {@code panels} panels from {@code panel} on, each {@code distance} after the last. */
  private void stream(WorkerScratch own, int panel, int distance, int panels) {
    for (int i = 0; i < panels; i++) {
      sums.begin(own.c, i * Blocking.PANEL, Blocking.STRIDE, 0, plan.rows(), panel + i * distance);
    }
    for (int step = 0; step < w.inputs(); step += blockSteps) {
      int steps = stepsFrom(step);
      MemorySegment weights = w.segment();
      long offset = panel * w.panelBytes();
      long panelBytes = distance * w.panelBytes();
      if (!format.equals(w.format())) {
        weights = own.repacked.of(w, panel, distance, panels, step, steps);
        offset = 0;
        panelBytes = format.bytes(steps);
      }
      format.multiplyAdd(
          plan.paddedRows(),
          panels,
          xInterleaved,
          xOffset(step),
          weights,
          offset,
          panelBytes,
          steps,
          own.c,
          0);
    }
    for (int i = 0; i < panels; i++) {
      sums.store(own.c, i * Blocking.PANEL, Blocking.STRIDE, 0, plan.rows(), panel + i * distance);
    }
  }
}
