package dev.ridgepoint.engine;

import dev.ridgepoint.engine.kernels.Elementwise;
import dev.ridgepoint.engine.kernels.Lanes;
import dev.ridgepoint.engine.kernels.PanelFormat;
import dev.ridgepoint.engine.kernels.Streams;
import dev.ridgepoint.engine.kernels.Tiles;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The product of activations with packed weights, {@code y = x * w^T + bias (+ y)}: the loops
 * around the kernels. With plain weights every element of y is one chain of fused multiply-adds in
 * ascending depth, so that a row's result is the same bits whatever other rows it is computed with.
 * With quantised ones up to {@link Streams#MAX_ROWS} rows are summed up block by block, more are
 * not: so that holds among as few rows, and to rounding beyond.
 *
 * <p>Many rows: all of x is interleaved once into blocks of {@link #DEPTH_BLOCK} steps; then each
 * worker takes panels, and for each block unpacks one panel into the L1 cache and passes all row
 * tiles over it. Few rows: the panels are streamed straight from memory, over the whole depth.
 */
final class MatMul {
  /** Steps of the depth per block: with 512-bit vectors an unpacked panel is 32 KiB. */
  private static final int DEPTH_BLOCK = 256;

  /** Panels whose columns fit side by side into a row of the result's scratch. */
  private static final int GROUP = Tiles.STRIDE / Lanes.PANEL;

  /** Panels that a worker takes at least when it streams them: two are read faster than one. */
  private static final int STREAMED_PANELS = 2;

  /** Rows whose partial results a worker holds at once: 512 KiB, within the L2 cache. */
  private static final int MAX_BLOCK_ROWS = 512;

  private final Workers workers;
  private final WorkerScratch[] scratch;
  private final RowBlock block = new RowBlock();
  private final Workers.Task interleave = this::interleave;
  private final Workers.Task multiply = this::multiply;
  private final Workers.Task stream = this::stream;

  private float[] xInterleaved = new float[0];
  private Tensor x;
  private PackedMatrix w;
  private float[] bias;
  private boolean accumulate;
  private Tensor y;

  private static final class WorkerScratch {
    private float[] c = new float[0];
    private float[] rows = new float[0];
    private final float[] unpacked = new float[DEPTH_BLOCK * Lanes.PANEL];

    void ensureColumns(int rows) {
      if (c.length < rows * Tiles.STRIDE) {
        c = new float[rows * Tiles.STRIDE];
      }
    }
  }

  MatMul(Workers workers) {
    this.workers = workers;
    scratch = new WorkerScratch[workers.size()];
    Arrays.setAll(scratch, i -> new WorkerScratch());
  }

  /** See {@link Operations#linear}; shapes have been checked. */
  void run(Tensor x, PackedMatrix w, float[] bias, boolean accumulate, Tensor y) {
    this.x = x;
    this.w = w;
    this.bias = bias;
    this.accumulate = accumulate;
    this.y = y;
    block.plan(x.size(0));
    PanelFormat format = w.format();
    if (block.streaming()) {
      ensureInterleaved(format.preparedSteps(w.inputs()));
      interleave(0, 0, block.tiles());
      format.prepare(xInterleaved, block.paddedRows(), w.inputs());
      workers.run(w.panels(), STREAMED_PANELS, stream);
    } else {
      ensureInterleaved(w.inputs());
      workers.run(block.tiles(), 1, interleave);
      workers.run(w.panels(), tiledPanels(), multiply);
    }
  }

  private void ensureInterleaved(int steps) {
    int needed = Math.multiplyExact(block.paddedRows(), steps);
    if (xInterleaved.length < needed) {
      xInterleaved = new float[needed];
    }
  }

  /** Panels that a worker takes at least: each time it reads all of x, which a group shares. */
  private int tiledPanels() {
    return Math.clamp(w.panels() / (2 * workers.size()), 1, GROUP);
  }

  private void interleave(int worker, int fromTile, int toTile) {
    int depth = w.inputs();
    WorkerScratch own = scratch[worker];
    int needed = Math.max(Tiles.MAX_ROWS, block.paddedRows() / block.tiles()) * DEPTH_BLOCK;
    if (own.rows.length < needed) {
      own.rows = new float[needed];
    }
    for (int tile = fromTile; tile < toTile; tile++) {
      int first = block.firstRow(tile);
      int count = Math.min(block.tileRows(tile), block.rows() - first);
      for (int step = 0; step < depth; step += DEPTH_BLOCK) {
        int steps = Math.min(DEPTH_BLOCK, depth - step);
        for (int row = 0; row < count; row++) {
          long from = 4L * ((long) (first + row) * depth + step);
          MemorySegment.copy(
              x.segment(), ValueLayout.JAVA_FLOAT, from, own.rows, row * steps, steps);
        }
        block.interleave(tile, own.rows, 0, steps, steps, xInterleaved, block.paddedRows() * step);
      }
    }
  }

  /**
   * Reads the panels in as many streams as the kernel has room for, each one contiguous: a stream
   * that jumps loses what the prefetchers know of it.
   */
  private void stream(int worker, int fromPanel, int toPanel) {
    WorkerScratch own = scratch[worker];
    int streams = w.format().sideBySide(block.paddedRows());
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
    int paddedRows = block.paddedRows();
    own.ensureColumns(paddedRows);
    Arrays.fill(own.c, 0, paddedRows * Tiles.STRIDE, 0f);
    Streams.multiplyAdd(
        w.format(),
        paddedRows,
        panels,
        xInterleaved,
        0,
        w.segment(),
        panel * w.panelBytes(),
        distance * w.panelBytes(),
        w.inputs(),
        own.c,
        0);
    for (int i = 0; i < panels; i++) {
      store(own.c, i * Lanes.PANEL, 0, block.rows(), panel + i * distance, 1);
    }
  }

  private void multiply(int worker, int fromPanel, int toPanel) {
    WorkerScratch own = scratch[worker];
    int tiles = block.tiles();
    int blocks = Math.ceilDiv(block.paddedRows(), MAX_BLOCK_ROWS);
    for (int panel = fromPanel; panel < toPanel; panel += GROUP) {
      int panels = Math.min(GROUP, toPanel - panel);
      for (int b = 0; b < blocks; b++) {
        multiply(own, panel, panels, tiles * b / blocks, tiles * (b + 1) / blocks);
      }
    }
  }

  private void multiply(WorkerScratch own, int panel, int panels, int fromTile, int toTile) {
    int firstRow = block.firstRow(fromTile);
    int paddedRows = block.firstRow(toTile) - firstRow;
    own.ensureColumns(paddedRows);
    Arrays.fill(own.c, 0, paddedRows * Tiles.STRIDE, 0f);
    int depth = w.inputs();
    for (int step = 0; step < depth; step += DEPTH_BLOCK) {
      int steps = Math.min(DEPTH_BLOCK, depth - step);
      block.multiplyAdd(
          fromTile,
          toTile,
          w.format(),
          xInterleaved,
          block.paddedRows() * step,
          w.segment(),
          panel * w.panelBytes(),
          w.panelBytes(),
          panels,
          step,
          steps,
          own.c,
          0,
          own.unpacked);
    }
    store(own.c, 0, firstRow, Math.min(paddedRows, block.rows() - firstRow), panel, panels);
  }

  /** Moves neighbouring panels of the result to y, with the bias. */
  private void store(float[] c, int cOffset, int firstRow, int rows, int panel, int panels) {
    int outputs = w.outputs();
    int column = panel * Lanes.PANEL;
    int columns = Math.min(panels * Lanes.PANEL, outputs - column);
    for (int row = 0; row < rows; row++) {
      int from = cOffset + row * Tiles.STRIDE;
      if (bias != null) {
        Elementwise.add(bias, column, c, from, columns);
      }
      long to = 4L * ((long) (firstRow + row) * outputs + column);
      Elementwise.store(c, from, y.segment(), to, columns, accumulate);
    }
  }
}
