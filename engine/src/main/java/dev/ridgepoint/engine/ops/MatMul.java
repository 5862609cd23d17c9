package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.kernels.RowPacking;
import dev.ridgepoint.engine.kernels.Tiles;
import dev.ridgepoint.engine.panels.PackedMatrix;
import dev.ridgepoint.engine.panels.PanelFormat;
import dev.ridgepoint.engine.panels.TiledFormat;
import dev.ridgepoint.engine.panels.WidenedFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The product of activations with packed weights, {@code y = x * w^T + bias (+ y)}: the loops
 * around the kernels. With plain weights every element of y is one chain of fused multiply-adds in
 * ascending depth, so that a row's result is the same bits whatever other rows it is computed with.
 * With quantised ones up to {@link Blocking#MAX_WIDENED_ROWS} rows are summed up block by block,
 * more are not: so that holds among as few rows, and to rounding beyond.
 *
 * <p>First all of x is interleaved, tile by tile. One tile of rows streams the panels once, several
 * of them at a time; more tiles share each panel while it is in a cache. Either way a tile's sums
 * begin in y, stay in registers over the whole depth and are stored once.
 */
final class MatMul {
  private final Workers workers;
  private final WorkerScratch[] scratch;
  private final TilePlan block = new TilePlan();
  private final Workers.Task interleave = this::interleave;
  private final Workers.Task multiply = this::multiply;
  private final Workers.Task stream = this::stream;

  private float[] xInterleaved = new float[0];
  private Tensor x;
  private PackedMatrix w;
  private float[] bias;
  private boolean accumulate;
  private Tensor y;

  /** In which the panels are multiplied: their own, or one that they are unpacked to. */
  private TiledFormat format;

  private static final class WorkerScratch {
    /** The sums of a tile. */
    private final float[] c = new float[Blocking.MAX_ROWS * Blocking.STRIDE];

    /** Panels of formats without kernels for the tiles at hand, after each stage of unpacking. */
    private final MemorySegment[] unpacked = {MemorySegment.NULL, MemorySegment.NULL};

    MemorySegment unpacked(int stage, long bytes) {
      if (unpacked[stage].byteSize() < bytes) {
        unpacked[stage] = Arena.ofAuto().allocate(bytes, Tensor.ALIGNMENT_BYTES);
      }
      return unpacked[stage];
    }
  }

  MatMul(Workers workers) {
    this.workers = workers;
    scratch = new WorkerScratch[workers.size()];
    Arrays.setAll(scratch, i -> new WorkerScratch());
  }

  /** See {@link Linear}; shapes have been checked. */
  void run(Tensor x, PackedMatrix w, float[] bias, boolean accumulate, Tensor y) {
    this.x = x;
    this.w = w;
    this.bias = bias;
    this.accumulate = accumulate;
    this.y = y;
    block.plan(x.size(0));
    format = block.multiplied(w.format());
    if (block.tiles() == 1) {
      ensureInterleaved(format.preparedSteps(w.inputs()));
      interleave(0, 0, 1);
      format.prepare(xInterleaved, block.paddedRows(), w.inputs());
      workers.run(w.panels(), Blocking.STREAMED_PANELS, stream);
    } else {
      ensureInterleaved(w.inputs());
      workers.run(block.tiles(), 1, interleave);
      workers.run(Math.multiplyExact(w.panels(), block.tiles()), 1, multiply);
    }
  }

  private void ensureInterleaved(int steps) {
    int needed = Math.multiplyExact(block.paddedRows(), steps);
    if (xInterleaved.length < needed) {
      xInterleaved = new float[needed];
    }
  }

  private void interleave(int worker, int fromTile, int toTile) {
    int depth = w.inputs();
    for (int tile = fromTile; tile < toTile; tile++) {
      int first = block.firstRow(tile);
      int height = block.tileRows(tile);
      RowPacking.interleave(
          x.segment(),
          4L * first * depth,
          4L * depth,
          Math.min(height, block.rows() - first),
          height,
          depth,
          xInterleaved,
          first * depth);
    }
  }

  /**
   * Reads the panels in as many streams as the kernel has room for, each one contiguous: a stream
   * that jumps loses what the prefetchers know of it.
   */
  private void stream(int worker, int fromPanel, int toPanel) {
    WorkerScratch own = scratch[worker];
    int streams = format.panelsAtOnce(block.paddedRows());
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
      begin(own.c, i * Blocking.PANEL, 0, panel + i * distance);
    }
    MemorySegment weights = w.segment();
    long offset = panel * w.panelBytes();
    long panelBytes = distance * w.panelBytes();
    if (!format.equals(w.format())) {
      for (int i = 0; i < panels; i++) {
        weights = unpack(own, panel + i * distance, i, panels);
      }
      offset = 0;
      panelBytes = format.bytes(w.inputs());
    }
    format.multiplyAdd(
        block.paddedRows(),
        panels,
        xInterleaved,
        0,
        weights,
        offset,
        panelBytes,
        w.inputs(),
        own.c,
        0);
    for (int i = 0; i < panels; i++) {
      store(own.c, i * Blocking.PANEL, 0, panel + i * distance);
    }
  }

  /**
   * Does products of one tile with one panel. They are counted panel by panel within a block of
   * tiles, so that workers meet in few blocks: what one of them wrote is far from another's caches
   * if they do not share one. A panel that must be unpacked serves all tiles, to be unpacked once.
   */
  private void multiply(int worker, int from, int to) {
    WorkerScratch own = scratch[worker];
    boolean direct = format.equals(w.format());
    int blockTiles = direct ? Blocking.BLOCK_TILES : block.tiles();
    int product = from;
    while (product < to) {
      int firstTile = product / (blockTiles * w.panels()) * blockTiles;
      int height = Math.min(blockTiles, block.tiles() - firstTile);
      int inBlock = product - firstTile * w.panels();
      int panel = inBlock / height;
      int tile = firstTile + inBlock % height;
      int end = Math.min(firstTile + height, tile + to - product);
      if (direct) {
        multiply(own, tile, end, panel, w.segment(), panel * w.panelBytes());
      } else {
        multiply(own, tile, end, panel, unpack(own, panel, 0, 1), 0);
      }
      product += end - tile;
    }
  }

  /** Unpacks a panel, in one stage or several, to be number {@code index} of as many in a row. */
  private MemorySegment unpack(WorkerScratch own, int panel, int index, int panels) {
    PanelFormat from = w.format();
    MemorySegment source = w.segment();
    long offset = panel * w.panelBytes();
    for (int stage = 0; !from.equals(format); stage++) {
      WidenedFormat widened = (WidenedFormat) from;
      from = widened.unpacked();
      long bytes = from.bytes(w.inputs());
      MemorySegment target = own.unpacked(stage, panels * bytes);
      widened.unpack(source, offset, w.inputs(), target, index * bytes);
      source = target;
      offset = index * bytes;
    }
    return source;
  }

  /** Multiplies tiles with one panel, which lies at {@code offset} of {@code weights}. */
  private void multiply(
      WorkerScratch own, int fromTile, int toTile, int panel, MemorySegment weights, long offset) {
    float[] c = own.c;
    int depth = w.inputs();
    for (int tile = fromTile; tile < toTile; tile++) {
      int xOffset = block.firstRow(tile) * depth;
      begin(c, 0, tile, panel);
      format.multiplyAdd(
          block.tileRows(tile), 1, xInterleaved, xOffset, weights, offset, 0, depth, c, 0);
      store(c, 0, tile, panel);
    }
  }

  private void begin(float[] c, int cOffset, int tile, int panel) {
    int column = panel * Blocking.PANEL;
    Tiles.beginSums(
        c,
        cOffset,
        rowsOfY(tile),
        columnsOfY(panel),
        bias,
        column,
        accumulate,
        y.segment(),
        offsetInY(tile, panel),
        4L * w.outputs());
  }

  private void store(float[] c, int cOffset, int tile, int panel) {
    Tiles.storeSums(
        c,
        cOffset,
        rowsOfY(tile),
        columnsOfY(panel),
        y.segment(),
        offsetInY(tile, panel),
        4L * w.outputs());
  }

  /** Rows of a tile without its padding. */
  private int rowsOfY(int tile) {
    return Math.min(block.tileRows(tile), block.rows() - block.firstRow(tile));
  }

  /** Columns of a panel without its padding. */
  private int columnsOfY(int panel) {
    return Math.min(Blocking.PANEL, w.outputs() - panel * Blocking.PANEL);
  }

  private long offsetInY(int tile, int panel) {
    return 4L * ((long) block.firstRow(tile) * w.outputs() + panel * Blocking.PANEL);
  }
}
