package dev.ridgepoint.engine.panels;

import static dev.ridgepoint.engine.kernels.Blocking.PANEL;
import static dev.ridgepoint.engine.kernels.PanelLayout.BLOCK_STEPS;
import static dev.ridgepoint.engine.kernels.PanelLayout.INTS_BYTES;
import static dev.ridgepoint.engine.kernels.PanelLayout.SCALE_BYTES;
import static dev.ridgepoint.engine.kernels.PanelLayout.blockBytes;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.ridgepoint.engine.codecs.RowDecoder;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.kernels.PanelLayout;
import dev.ridgepoint.engine.kernels.QuantisedUnpacking;
import dev.ridgepoint.engine.kernels.Tile;
import dev.ridgepoint.engine.kernels.TilesQuantised;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Panels of GGUF's quantised blocks: for each {@link PanelLayout#BLOCK_STEPS} steps first the
 * scales of all columns, then their integers, as many bytes as the blocks of as many rows have.
 * Scales lie as in {@link PanelsBf16}: lane j holds that of column j in its lower half and that of
 * column j + LENGTH in its upper half. The integers lie in ints, {@code [BLOCK_STEPS /
 * stepsPerInt][PANEL]}, each of which holds several steps of one column, the first in its lowest
 * bits.
 *
 * <p>Within an int the last step is in two's complement, because its sign is the int's; the others
 * have an offset added that makes them at least 0.
 */
final class QuantisedPanels implements TiledFormat {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  /** Reads one integer of a row's block. */
  @FunctionalInterface
  interface Quants {
    /** The integer that the scale multiplies, of number {@code i} of the block at {@code block}. */
    int read(MemorySegment row, long block, int i);
  }

  private final int rowBlockBytes;
  private final Quants quants;
  private final int bits;
  private final int stepsPerInt;
  private final int offset;

  /**
   * Panels of rows that {@code decoder} reads, whose blocks begin with their scale.
   *
   * @param bits of an integer; divides 32
   */
  QuantisedPanels(RowDecoder decoder, Quants quants, int bits) {
    rowBlockBytes = decoder.blockBytes();
    this.quants = quants;
    this.bits = bits;
    stepsPerInt = Integer.SIZE / bits;
    offset = 1 << (bits - 1);
  }

  @Override
  public int blockSteps() {
    return BLOCK_STEPS;
  }

  @Override
  public long bytes(int steps) {
    return (long) steps / BLOCK_STEPS * blockBytes(bits);
  }

  @Override
  public List<Tile> tiles() {
    return TilesQuantised.TILES;
  }

  @Override
  public int maxRows() {
    return Blocking.MAX_WIDENED_ROWS;
  }

  /** None: to widen a number again in every tile costs more than to unpack it once. */
  @Override
  public int maxSharedRows() {
    return 0;
  }

  @Override
  public int panelsAtOnce(int rows) {
    return Blocking.quantisedPanelsAtOnce(rows);
  }

  @Override
  public void pack(MemorySegment rows, int depth, MemorySegment panel, long panelOffset) {
    long rowBlock = 0;
    for (int column = 0; column < PANEL; column++) {
      for (int k = 0; k < depth; k += BLOCK_STEPS) {
        long block = panelOffset + bytes(k);
        panel.set(SHORT, scaleAt(block, column), PanelsF16.finite(rows, rowBlock));
        for (int step = 0; step < BLOCK_STEPS; step += stepsPerInt) {
          int steps = Integer.MIN_VALUE;
          for (int i = 0; i < stepsPerInt; i++) {
            steps ^= (quants.read(rows, rowBlock, step + i) + offset) << (bits * i);
          }
          panel.set(INT, intAt(block, step, column), steps);
        }
        rowBlock += rowBlockBytes;
      }
    }
  }

  @Override
  public void readColumn(
      MemorySegment panel, long panelOffset, int column, int depth, float[] target) {
    for (int k = 0; k < depth; k++) {
      long block = panelOffset + bytes(k);
      float scale = Float.float16ToFloat(panel.get(SHORT, scaleAt(block, column)));
      int steps = panel.get(INT, intAt(block, k % BLOCK_STEPS, column)) ^ Integer.MIN_VALUE;
      int bottom = steps >>> (bits * (k % stepsPerInt));
      target[k] = scale * ((bottom & mask()) - offset);
    }
  }

  /** Writes the scale of a column's block that begins with a step. */
  void writeScale(MemorySegment panel, long panelOffset, int step, int column, float scale) {
    panel.set(SHORT, scaleAt(panelOffset + bytes(step), column), Float.floatToFloat16(scale));
  }

  /** Where a step of a column is stored, if it takes a byte. */
  long byteAt(long panelOffset, int step, int column) {
    return intAt(panelOffset + bytes(step), step % BLOCK_STEPS, column) + step % stepsPerInt;
  }

  private static long scaleAt(long block, int column) {
    return block + 4L * (column % LENGTH) + (column < LENGTH ? 0 : 2);
  }

  private long intAt(long block, int step, int column) {
    return block + SCALE_BYTES + (long) step / stepsPerInt * INTS_BYTES + 4L * column;
  }

  /** The bits of an int's first step. */
  private int mask() {
    return (1 << bits) - 1;
  }

  @Override
  public void unpack(
      MemorySegment panel, long panelOffset, int steps, float[] target, int targetOffset) {
    QuantisedUnpacking.unpack(bits, panel, panelOffset, steps, target, targetOffset);
  }

  /** What makes a step of an int as great as the step before it. */
  private float power() {
    return 1f / (1 << bits);
  }

  /** The rows, and behind them for each block and row what the offset of the integers adds. */
  @Override
  public int preparedSteps(int depth) {
    return depth + depth / BLOCK_STEPS;
  }

  @Override
  public void prepare(float[] x, int xOffset, int rows, int depth) {
    float perStep = power();
    int end = xOffset + depth * rows;
    int to = end;
    for (int block = xOffset; block < end; block += BLOCK_STEPS * rows) {
      for (int row = 0; row < rows; row++) {
        int at = block + row;
        float sum = 0;
        for (int step = 0; step < BLOCK_STEPS; step += stepsPerInt) {
          float offsetSteps = 0;
          float power = 1;
          for (int i = 1; i < stepsPerInt; i++) {
            offsetSteps += x[at];
            x[at] *= power;
            power *= perStep;
            at += rows;
          }
          x[at] *= power;
          at += rows;
          sum += offsetSteps;
        }
        x[to++] = -offset * sum;
      }
    }
  }

  @Override
  public void multiplyAdd(
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
    TilesQuantised.multiplyAdd(
        bits, rows, panels, x, xOffset, w, wOffset, panelBytes, depth, c, cOffset);
  }
}
