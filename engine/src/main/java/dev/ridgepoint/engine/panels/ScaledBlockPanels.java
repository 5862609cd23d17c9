package dev.ridgepoint.engine.panels;

import static dev.ridgepoint.engine.kernels.Blocking.PANEL;
import static dev.ridgepoint.engine.kernels.Blocking.STRIDE;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.ridgepoint.engine.codecs.RowDecoder;
import dev.ridgepoint.engine.kernels.BlockIntegers;
import dev.ridgepoint.engine.kernels.BlockScaling;
import dev.ridgepoint.engine.kernels.BlockUnpacking;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.kernels.Tile;
import dev.ridgepoint.engine.kernels.TilesUnscaled;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Panels of formats whose blocks are summed up before they are scaled: GGUF's Q5_0 and its
 * super-blocks, as many bytes as those of as many rows have. For each super-block first what the
 * scales and minima of its blocks are made of, then their integers, as {@link BlockIntegers} lays
 * them out. A number is {@code scale * (integer - zeroPoint) - minimum}.
 *
 * <p>Scales take as many instructions as a tenth of the products: they are made of a few
 * super-blocks at a time, in memory behind the sums, for all rows of a tile.
 */
abstract class ScaledBlockPanels implements TiledFormat {
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  /** Steps whose sums wait to be scaled. */
  private static final int SCALED_STEPS = 256;

  private final RowDecoder decoder;
  private final BlockIntegers integers;
  private final long headerBytes;
  private final int zeroPoint;
  private final boolean hasMinima;
  private final int blocksPerHeader;

  /**
   * @param decoder of the rows that are packed
   * @param headerBytes of what a super-block's scales and minima are made of
   * @param zeroPoint 0 if there are minima
   */
  ScaledBlockPanels(
      RowDecoder decoder,
      BlockIntegers integers,
      long headerBytes,
      int zeroPoint,
      boolean hasMinima) {
    this.decoder = decoder;
    this.integers = integers;
    this.headerBytes = headerBytes;
    this.zeroPoint = zeroPoint;
    this.hasMinima = hasMinima;
    blocksPerHeader = decoder.blockElements() / integers.steps();
  }

  /** Writes what the scales and minima of a row's super-block are made of. */
  abstract void packHeader(
      MemorySegment rows, long rowBlock, MemorySegment panel, long header, int column);

  /** The integer of step {@code i} of a row's super-block. */
  abstract int integer(MemorySegment rows, long rowBlock, int i);

  /** The scale of a block of a column. */
  abstract float scale(MemorySegment panel, long header, int column, int block);

  /** The minimum of a block of a column, 0 if there are none. */
  abstract float minimum(MemorySegment panel, long header, int column, int block);

  /**
   * Makes the scales of a super-block's blocks, {@code [blocks][PANEL]}, and behind them the
   * minima, if there are any.
   *
   * @param stride floats from one block to the next
   */
  abstract void unpackScales(MemorySegment panel, long header, float[] target, int to, int stride);

  @Override
  public final int blockSteps() {
    return decoder.blockElements();
  }

  @Override
  public final long bytes(int steps) {
    return (long) steps / decoder.blockElements() * decoder.blockBytes() * PANEL;
  }

  @Override
  public final List<Tile> tiles() {
    return TilesUnscaled.TILES;
  }

  @Override
  public final int maxRows() {
    return Blocking.MAX_WIDENED_ROWS;
  }

  /** None: to widen a number again in every tile costs more than to unpack it once. */
  @Override
  public final int maxSharedRows() {
    return 0;
  }

  @Override
  public final int panelsAtOnce(int rows) {
    return Blocking.quantisedPanelsAtOnce(rows);
  }

  @Override
  public final void pack(MemorySegment rows, int depth, MemorySegment panel, long panelOffset) {
    int[] block = new int[integers.steps()];
    long rowBlock = 0;
    for (int column = 0; column < PANEL; column++) {
      for (int k = 0; k < depth; k += decoder.blockElements()) {
        long header = panelOffset + bytes(k);
        packHeader(rows, rowBlock, panel, header, column);
        for (int b = 0; b < blocksPerHeader; b++) {
          for (int i = 0; i < block.length; i++) {
            block[i] = integer(rows, rowBlock, b * block.length + i);
          }
          integers.pack(block, panel, ints(header, b) + 4L * column);
        }
        rowBlock += decoder.blockBytes();
      }
    }
  }

  private long ints(long header, int block) {
    return header + headerBytes + block * integers.bytes();
  }

  @Override
  public final void readColumn(
      MemorySegment panel, long panelOffset, int column, int depth, float[] target) {
    for (int k = 0; k < depth; k += integers.steps()) {
      long header = panelOffset + bytes(k);
      int b = k / integers.steps() % blocksPerHeader;
      float scale = scale(panel, header, column, b);
      float minimum = minimum(panel, header, column, b);
      long ints = ints(header, b) + 4L * column;
      for (int i = 0; i < integers.steps(); i++) {
        target[k + i] = scale * (integers.read(panel, ints, i) - zeroPoint) - minimum;
      }
    }
  }

  /**
   * The scales of a super-block are made where its last blocks will be: of as many rows as one
   * block has, so that those of a block are read before it is written.
   */
  @Override
  public final void unpack(
      MemorySegment panel, long panelOffset, int steps, float[] target, int targetOffset) {
    int stride = Blocking.LOOP_COLUMNS;
    for (int k = 0; k < steps; k += decoder.blockElements()) {
      long header = panelOffset + bytes(k);
      int lastBlock = k + decoder.blockElements() - integers.steps();
      int scales = targetOffset + lastBlock * stride;
      unpackScales(panel, header, target, scales, stride);
      for (int b = 0; b < blocksPerHeader; b++) {
        int scale = scales + b * stride;
        BlockUnpacking.unpack(
            integers.bits(),
            panel,
            ints(header, b),
            target,
            scale,
            hasMinima ? scale + blocksPerHeader * stride : scale,
            hasMinima ? -1 : -zeroPoint,
            targetOffset + (k + b * integers.steps()) * stride);
      }
    }
  }

  /**
   * The rows, and behind them what the kernels read: of each block what {@link
   * BlockIntegers#prepare} makes of it, and where there are minima the sum of its steps.
   */
  @Override
  public final int preparedSteps(int depth) {
    int ofBlock = integers.preparedSteps() + (hasMinima ? 1 : 0);
    return depth + depth / integers.steps() * ofBlock;
  }

  @Override
  public final void prepare(float[] x, int xOffset, int rows, int depth) {
    int from = xOffset;
    int to = xOffset + depth * rows;
    int sums = sumsOffset(xOffset, rows, depth);
    for (int k = 0; k < depth; k += integers.steps()) {
      integers.prepare(x, from, to, rows, zeroPoint);
      if (hasMinima) {
        sumSteps(x, from, sums, rows);
      }
      from += integers.steps() * rows;
      to += integers.preparedSteps() * rows;
      sums += rows;
    }
  }

  private void sumSteps(float[] x, int from, int to, int rows) {
    for (int row = 0; row < rows; row++) {
      float sum = 0;
      for (int step = 0; step < integers.steps(); step++) {
        sum += x[from + step * rows + row];
      }
      x[to + row] = sum;
    }
  }

  private int sumsOffset(int xOffset, int rows, int depth) {
    return xOffset + (depth + depth / integers.steps() * integers.preparedSteps()) * rows;
  }

  /** The sums, scales and minima of {@link #SCALED_STEPS}. */
  @Override
  public final int scratchFloats(int rows, int panels) {
    return SCALED_STEPS / integers.steps() * (rows * panels + 2) * PANEL;
  }

  @Override
  public final void multiplyAdd(
      int rows,
      int panels,
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      long panelBytes,
      int depth,
      float[] c,
      int cOffset) {
    int sums = cOffset + rows * STRIDE;
    int xSums = sumsOffset(xOffset, rows, depth);
    int xBlocks = xOffset + depth * rows;
    for (int k = 0; k < depth; k += SCALED_STEPS) {
      int blocks = Math.min(SCALED_STEPS, depth - k) / integers.steps();
      long header = wOffset + bytes(k);
      TilesUnscaled.multiply(
          integers,
          rows,
          panels,
          x,
          xBlocks,
          w,
          ints(header, 0),
          panelBytes,
          blocksPerHeader == 1 ? bytes(integers.steps()) : integers.bytes(),
          blocks,
          c,
          sums);
      int scales = sums + blocks * rows * panels * PANEL;
      for (int panel = 0; panel < panels; panel++) {
        for (int b = 0; b < blocks; b += blocksPerHeader) {
          long at = header + panel * panelBytes + bytes(b * integers.steps());
          unpackScales(w, at, c, scales + b * PANEL, PANEL);
        }
        int to = cOffset + panel * PANEL;
        BlockScaling.add(blocks, rows, panels, c, sums + panel * PANEL, scales, to);
        if (hasMinima) {
          BlockScaling.subtractMinima(blocks, rows, x, xSums, c, scales + blocks * PANEL, to);
        }
      }
      xBlocks += blocks * integers.preparedSteps() * rows;
      xSums += blocks * rows;
    }
  }
}
