package dev.ridgepoint.engine.panels;

import static dev.ridgepoint.engine.kernels.Blocking.PANEL;
import static dev.ridgepoint.engine.kernels.PanelLayout.BLOCK_STEPS;
import static dev.ridgepoint.engine.kernels.PanelLayout.INTS_BYTES;
import static dev.ridgepoint.engine.kernels.PanelLayout.SCALE_BYTES;
import static dev.ridgepoint.engine.kernels.PanelLayout.blockBytes;
import static dev.ridgepoint.engine.kernels.VectorRegisters.I;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.codecs.Q5Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.IntVector;

/**
 * Panels of GGUF's Q5_0, as many bytes as the blocks of as many rows have: for each {@link
 * dev.ridgepoint.engine.kernels.PanelLayout#BLOCK_STEPS} steps first the scales of all columns, as
 * in {@link QuantisedPanels}, then four ints of each column with the lower four bits of eight steps
 * each, then one int of each column with the fifth bits of all.
 *
 * <p>No kernel multiplies them. Q8_0's panels hold the same scales and integers of the same value,
 * and to make those takes few instructions, as each int of theirs has four steps: bit 8 i of an int
 * of the lower four bits is step i's lowest, bit 8 i + 4 step i + 4's; and the fifth bits lie where
 * shifting all of them by as many bits as ints were read before brings these eight to bits 8 i + 4
 * and 8 i.
 */
final class PanelsQ5 implements RepackedFormat {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final int ROW_BLOCK_BYTES = DType.Q5_0.decoder().blockBytes();
  private static final int STEPS_PER_INT = 8;
  private static final int HIGH_BITS_OFFSET =
      SCALE_BYTES + BLOCK_STEPS / STEPS_PER_INT * INTS_BYTES;
  private static final int LOW_MASK = 0x0f0f0f0f;
  private static final int HIGH_MASK = 0x10101010;

  /** Turns four bytes of q into Q8_0's: three have an offset, q + 128 - 16, the last is q - 16. */
  private static final int TO_Q8 = 0xf0707070;

  @Override
  public int blockSteps() {
    return BLOCK_STEPS;
  }

  @Override
  public long bytes(int steps) {
    return (long) steps / BLOCK_STEPS * blockBytes(5);
  }

  @Override
  public void pack(MemorySegment rows, int depth, MemorySegment panel, long panelOffset) {
    long rowBlock = 0;
    for (int column = 0; column < PANEL; column++) {
      for (int k = 0; k < depth; k += BLOCK_STEPS) {
        long block = panelOffset + bytes(k);
        panel.set(SHORT, PanelsBf16.at(block, 0, column), PanelsF16.finite(rows, rowBlock));
        int highBits = 0;
        for (int step = 0; step < BLOCK_STEPS; step += STEPS_PER_INT) {
          int lowBits = 0;
          for (int i = step; i < step + STEPS_PER_INT; i++) {
            int q = Q5Codec.quant(rows, rowBlock, i);
            lowBits |= (q & 0xf) << lowBit(i);
            highBits |= q >> 4 << highBit(i);
          }
          panel.set(INT, lowBitsAt(block, step, column), lowBits);
        }
        panel.set(INT, block + HIGH_BITS_OFFSET + 4L * column, highBits);
        rowBlock += ROW_BLOCK_BYTES;
      }
    }
  }

  @Override
  public void readColumn(
      MemorySegment panel, long panelOffset, int column, int depth, float[] target) {
    for (int k = 0; k < depth; k++) {
      long block = panelOffset + bytes(k);
      int step = k % BLOCK_STEPS;
      float scale = Float.float16ToFloat(panel.get(SHORT, PanelsBf16.at(block, 0, column)));
      int low = panel.get(INT, lowBitsAt(block, step, column)) >>> lowBit(step) & 0xf;
      int high = panel.get(INT, block + HIGH_BITS_OFFSET + 4L * column) >>> highBit(step) & 1;
      target[k] = scale * ((low | high << 4) - Q5Codec.ZERO_POINT);
    }
  }

  private static long lowBitsAt(long block, int step, int column) {
    return block + SCALE_BYTES + (long) step / STEPS_PER_INT * INTS_BYTES + 4L * column;
  }

  /** Where a step's lower four bits begin in their int. */
  private static int lowBit(int step) {
    return 8 * (step % 4) + step % STEPS_PER_INT / 4 * 4;
  }

  /** Where a step's fifth bit is in the int of them. */
  private static int highBit(int step) {
    return 8 * (step % 4) + 4 - step % STEPS_PER_INT / 4 * 4 + step / STEPS_PER_INT;
  }

  @Override
  public TiledFormat repacked() {
    return PanelFormats.Q8_0;
  }

  @Override
  public void repack(
      MemorySegment panel, long panelOffset, int depth, MemorySegment target, long targetOffset) {
    long block = panelOffset;
    long repacked = targetOffset;
    for (int k = 0; k < depth; k += BLOCK_STEPS) {
      IntVector.fromMemorySegment(I, panel, block, LITTLE_ENDIAN)
          .intoMemorySegment(target, repacked, LITTLE_ENDIAN);
      for (int half = 0; half < 2; half++) {
        long from = block + SCALE_BYTES + 4L * half * LENGTH;
        long to = repacked + SCALE_BYTES + 4L * half * LENGTH;
        IntVector high =
            IntVector.fromMemorySegment(I, panel, from + 4 * INTS_BYTES, LITTLE_ENDIAN);
        // No loop: with one over the ints it takes twice as long.
        IntVector low0 = IntVector.fromMemorySegment(I, panel, from, LITTLE_ENDIAN);
        low0.and(LOW_MASK)
            .or(high.and(HIGH_MASK))
            .add(TO_Q8)
            .intoMemorySegment(target, to, LITTLE_ENDIAN);
        low0.lanewise(LSHR, 4)
            .and(LOW_MASK)
            .or(high.lanewise(LSHL, 4).and(HIGH_MASK))
            .add(TO_Q8)
            .intoMemorySegment(target, to + INTS_BYTES, LITTLE_ENDIAN);
        IntVector low1 = IntVector.fromMemorySegment(I, panel, from + INTS_BYTES, LITTLE_ENDIAN);
        low1.and(LOW_MASK)
            .or(high.lanewise(LSHR, 1).and(HIGH_MASK))
            .add(TO_Q8)
            .intoMemorySegment(target, to + 2 * INTS_BYTES, LITTLE_ENDIAN);
        low1.lanewise(LSHR, 4)
            .and(LOW_MASK)
            .or(high.lanewise(LSHL, 3).and(HIGH_MASK))
            .add(TO_Q8)
            .intoMemorySegment(target, to + 3 * INTS_BYTES, LITTLE_ENDIAN);
        IntVector low2 =
            IntVector.fromMemorySegment(I, panel, from + 2 * INTS_BYTES, LITTLE_ENDIAN);
        low2.and(LOW_MASK)
            .or(high.lanewise(LSHR, 2).and(HIGH_MASK))
            .add(TO_Q8)
            .intoMemorySegment(target, to + 4 * INTS_BYTES, LITTLE_ENDIAN);
        low2.lanewise(LSHR, 4)
            .and(LOW_MASK)
            .or(high.lanewise(LSHL, 2).and(HIGH_MASK))
            .add(TO_Q8)
            .intoMemorySegment(target, to + 5 * INTS_BYTES, LITTLE_ENDIAN);
        IntVector low3 =
            IntVector.fromMemorySegment(I, panel, from + 3 * INTS_BYTES, LITTLE_ENDIAN);
        low3.and(LOW_MASK)
            .or(high.lanewise(LSHR, 3).and(HIGH_MASK))
            .add(TO_Q8)
            .intoMemorySegment(target, to + 6 * INTS_BYTES, LITTLE_ENDIAN);
        low3.lanewise(LSHR, 4)
            .and(LOW_MASK)
            .or(high.lanewise(LSHL, 1).and(HIGH_MASK))
            .add(TO_Q8)
            .intoMemorySegment(target, to + 7 * INTS_BYTES, LITTLE_ENDIAN);
      }
      block += blockBytes(5);
      repacked += blockBytes(8);
    }
  }
}
