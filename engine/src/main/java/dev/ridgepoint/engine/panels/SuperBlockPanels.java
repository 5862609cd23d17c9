package dev.ridgepoint.engine.panels;

import static dev.ridgepoint.engine.kernels.Blocking.PANEL;
import static dev.ridgepoint.engine.kernels.PanelLayout.INTS_BYTES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.ridgepoint.engine.codecs.SubBlockDecoder;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Panels of GGUF's super-blocks of 256 numbers, as many bytes as the super-blocks of as many rows
 * have: for each 256 steps first what their scales are made of, then their integers, both as ints
 * of each column, {@code [ints][PANEL]}.
 *
 * <p>No kernel multiplies them: their scales are products of more bits than an F16 has. They are
 * unpacked to panels of floats, a few steps at a time.
 *
 * <p>The lower four bits of eight steps are an int's: bit 8 i step i's lowest, bit 8 i + 4 step i +
 * 4's, so that a shift by 4 and a mask make four bytes of them, to which upper bits are added.
 */
abstract class SuperBlockPanels implements RepackedFormat {
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  /** Steps that share an int of lower bits. */
  static final int STEPS_PER_INT = 8;

  /** Bytes of a step of floats. */
  static final int STEP_BYTES = 4 * PANEL;

  /** The lower half of each byte. */
  static final int LOW_MASK = 0x0f0f0f0f;

  private static final int STEPS = SubBlockDecoder.SUPER_BLOCK;

  private final SubBlockDecoder decoder;
  private final int subBlockSteps;
  private final long lowBitsOffset;

  /**
   * @param decoder of the rows that are packed
   * @param lowBitsOffset where a block's lower bits begin
   */
  SuperBlockPanels(SubBlockDecoder decoder, int subBlockSteps, long lowBitsOffset) {
    this.decoder = decoder;
    this.subBlockSteps = subBlockSteps;
    this.lowBitsOffset = lowBitsOffset;
  }

  /** Writes what the scales of a row's block are made of, and the upper bits of its integers. */
  abstract void packScales(
      MemorySegment rows, long rowBlock, MemorySegment panel, long block, int column);

  /** A scale of a column. */
  abstract float scale(MemorySegment panel, long block, int column, int subBlock);

  /** A minimum of a column, 0 if there are none. */
  abstract float minimum(MemorySegment panel, long block, int column, int subBlock);

  /** The bits of an integer above the lower four, and its offset. */
  abstract int upperBits(MemorySegment panel, long block, int column, int step);

  @Override
  public final int blockSteps() {
    return STEPS;
  }

  @Override
  public final long bytes(int steps) {
    return (long) steps / STEPS * PANEL * decoder.blockBytes();
  }

  @Override
  public final TiledFormat repacked() {
    return PanelFormats.F32;
  }

  @Override
  public final void pack(MemorySegment rows, int depth, MemorySegment panel, long panelOffset) {
    long rowBlock = 0;
    for (int column = 0; column < PANEL; column++) {
      for (int k = 0; k < depth; k += STEPS) {
        long block = panelOffset + bytes(k);
        packScales(rows, rowBlock, panel, block, column);
        for (int step = 0; step < STEPS; step += STEPS_PER_INT) {
          int lowBits = 0;
          for (int i = step; i < step + STEPS_PER_INT; i++) {
            lowBits |= (decoder.bits(rows, rowBlock, i) & 0xf) << lowBit(i);
          }
          panel.set(INT, lowBitsAt(block, step, column), lowBits);
        }
        rowBlock += decoder.blockBytes();
      }
    }
  }

  @Override
  public final void readColumn(
      MemorySegment panel, long panelOffset, int column, int depth, float[] target) {
    for (int k = 0; k < depth; k += subBlockSteps) {
      long block = panelOffset + bytes(k);
      int subBlock = k % STEPS / subBlockSteps;
      float scale = scale(panel, block, column, subBlock);
      float minimum = minimum(panel, block, column, subBlock);
      for (int i = k; i < k + subBlockSteps; i++) {
        int step = i % STEPS;
        int low = panel.get(INT, lowBitsAt(block, step, column)) >>> lowBit(step) & 0xf;
        target[i] = scale * (low + upperBits(panel, block, column, step)) - minimum;
      }
    }
  }

  private long lowBitsAt(long block, int step, int column) {
    return block + lowBitsOffset + (long) step / STEPS_PER_INT * INTS_BYTES + 4L * column;
  }

  private static int lowBit(int step) {
    return 8 * (step % 4) + step % STEPS_PER_INT / 4 * 4;
  }
}
