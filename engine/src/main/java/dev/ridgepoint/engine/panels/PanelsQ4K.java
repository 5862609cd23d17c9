package dev.ridgepoint.engine.panels;

import static dev.ridgepoint.engine.kernels.PanelLayout.F16_BIAS;
import static dev.ridgepoint.engine.kernels.PanelLayout.F16_SHIFTED;
import static dev.ridgepoint.engine.kernels.PanelLayout.INTS_BYTES;
import static dev.ridgepoint.engine.kernels.VectorRegisters.I;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import dev.ridgepoint.engine.codecs.Q4KDecoder;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Panels of Q4_K and Q5_K. Before the lower bits lie ints of each column: one with the factor of
 * the scales in its lower half and that of the minima in its upper half; three with four bits of
 * each sub-block, of the scale's lower four, the minimum's lower four, and the upper two of both;
 * in Q5_K one for each sub-block with the fifth bits, in which those of the n-th eight steps are
 * where the lower bits of an int are, shifted left by 2 n: bit 8 i + 2 n step i's and bit 8 i + 2 n
 * + 1 step i + 4's.
 */
final class PanelsQ4K extends SuperBlockPanels {
  private static final int SUB_BLOCK = 32;
  private static final int SUB_BLOCKS = 8;
  private static final long SCALES_OFFSET = INTS_BYTES;
  private static final long MINIMA_OFFSET = 2L * INTS_BYTES;
  private static final long UPPER_OFFSET = 3L * INTS_BYTES;
  private static final long HEADER_BYTES = 4L * INTS_BYTES;
  private static final int FIFTH_BITS = 0x10101010;

  private final Q4KDecoder decoder;
  private final boolean hasFifthBits;

  private PanelsQ4K(Q4KDecoder decoder, boolean hasFifthBits, long lowBitsOffset) {
    super(decoder, SUB_BLOCK, lowBitsOffset);
    this.decoder = decoder;
    this.hasFifthBits = hasFifthBits;
  }

  static PanelsQ4K ofFourBits() {
    return new PanelsQ4K(Q4KDecoder.ofFourBits(), false, HEADER_BYTES);
  }

  static PanelsQ4K ofFiveBits() {
    return new PanelsQ4K(
        Q4KDecoder.ofFiveBits(), true, HEADER_BYTES + (long) SUB_BLOCKS * INTS_BYTES);
  }

  @Override
  void packScales(MemorySegment rows, long rowBlock, MemorySegment panel, long block, int column) {
    long at = block + 4L * column;
    panel.set(SHORT, at, PanelsF16.finite(rows, rowBlock));
    panel.set(SHORT, at + Short.BYTES, PanelsF16.finite(rows, rowBlock + Short.BYTES));
    int scales = 0;
    int minima = 0;
    int upper = 0;
    for (int subBlock = 0; subBlock < SUB_BLOCKS; subBlock++) {
      int scale = decoder.scaleBits(rows, rowBlock, subBlock);
      int minimum = decoder.minimumBits(rows, rowBlock, subBlock);
      scales |= (scale & 0xf) << (4 * subBlock);
      minima |= (minimum & 0xf) << (4 * subBlock);
      upper |= (scale >> 4 | minimum >> 4 << 2) << (4 * subBlock);
      if (hasFifthBits) {
        panel.set(INT, fifthBitsAt(block, subBlock, column), fifthBits(rows, rowBlock, subBlock));
      }
    }
    panel.set(INT, at + SCALES_OFFSET, scales);
    panel.set(INT, at + MINIMA_OFFSET, minima);
    panel.set(INT, at + UPPER_OFFSET, upper);
  }

  private int fifthBits(MemorySegment rows, long rowBlock, int subBlock) {
    int bits = 0;
    for (int step = 0; step < SUB_BLOCK; step++) {
      int q = decoder.bits(rows, rowBlock, subBlock * SUB_BLOCK + step);
      bits |= q >> 4 << fifthBit(step);
    }
    return bits;
  }

  private static int fifthBit(int step) {
    return 8 * (step % 4) + step / STEPS_PER_INT * 2 + step % STEPS_PER_INT / 4;
  }

  private static long fifthBitsAt(long block, int subBlock, int column) {
    return block + HEADER_BYTES + (long) subBlock * INTS_BYTES + 4L * column;
  }

  @Override
  float scale(MemorySegment panel, long block, int column, int subBlock) {
    long at = block + 4L * column;
    int low = panel.get(INT, at + SCALES_OFFSET) >>> (4 * subBlock) & 0xf;
    int upper = panel.get(INT, at + UPPER_OFFSET) >>> (4 * subBlock) & 0x3;
    return Float.float16ToFloat(panel.get(SHORT, at)) * (low | upper << 4);
  }

  @Override
  float minimum(MemorySegment panel, long block, int column, int subBlock) {
    long at = block + 4L * column;
    int low = panel.get(INT, at + MINIMA_OFFSET) >>> (4 * subBlock) & 0xf;
    int upper = panel.get(INT, at + UPPER_OFFSET) >>> (4 * subBlock) & 0xc;
    return Float.float16ToFloat(panel.get(SHORT, at + Short.BYTES)) * (low | upper << 2);
  }

  @Override
  int upperBits(MemorySegment panel, long block, int column, int step) {
    if (!hasFifthBits) {
      return 0;
    }
    int bits = panel.get(INT, fifthBitsAt(block, step / SUB_BLOCK, column));
    return (bits >>> fifthBit(step % SUB_BLOCK) & 1) << 4;
  }

  @Override
  public void repack(
      MemorySegment panel, long panelOffset, int depth, MemorySegment target, long targetOffset) {
    for (int k = 0; k < depth; k += SUB_BLOCK) {
      long block = panelOffset + bytes(k);
      long to = targetOffset + (long) k * STEP_BYTES;
      if (hasFifthBits) {
        unpack5(panel, block, k / SUB_BLOCK % SUB_BLOCKS, target, to);
      } else {
        unpack4(panel, block, k / SUB_BLOCK % SUB_BLOCKS, target, to);
      }
    }
  }

  /** Unpacks a sub-block of all columns, half of them at a time. */
  private static void unpack4(
      MemorySegment panel, long block, int subBlock, MemorySegment target, long to) {
    for (int half = 0; half < 2; half++) {
      long lane = 4L * half * LENGTH;
      IntVector factors = IntVector.fromMemorySegment(I, panel, block + lane, LITTLE_ENDIAN);
      IntVector upper =
          IntVector.fromMemorySegment(I, panel, block + UPPER_OFFSET + lane, LITTLE_ENDIAN)
              .lanewise(LSHR, 4 * subBlock);
      IntVector scaleBits =
          IntVector.fromMemorySegment(I, panel, block + SCALES_OFFSET + lane, LITTLE_ENDIAN)
              .lanewise(LSHR, 4 * subBlock)
              .and(0xf)
              .or(upper.and(0x3).lanewise(LSHL, 4));
      IntVector minimumBits =
          IntVector.fromMemorySegment(I, panel, block + MINIMA_OFFSET + lane, LITTLE_ENDIAN)
              .lanewise(LSHR, 4 * subBlock)
              .and(0xf)
              .or(upper.and(0xc).lanewise(LSHL, 2));
      FloatVector scale =
          ((FloatVector) scaleBits.convert(I2F, 0))
              .mul(
                  factors
                      .lanewise(LSHL, 16)
                      .lanewise(ASHR, 3)
                      .and(F16_SHIFTED)
                      .reinterpretAsFloats()
                      .mul(F16_BIAS));
      FloatVector offset =
          ((FloatVector) minimumBits.convert(I2F, 0))
              .mul(factors.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(-F16_BIAS));

      long from = block + HEADER_BYTES + (long) subBlock * 4 * INTS_BYTES + lane;
      for (long n = 0; n < 4; n++) {
        IntVector low = IntVector.fromMemorySegment(I, panel, from + n * INTS_BYTES, LITTLE_ENDIAN);
        long at = to + n * STEPS_PER_INT * STEP_BYTES + lane;
        FloatVector q0 = (FloatVector) low.and(0xf).convert(I2F, 0);
        q0.fma(scale, offset).intoMemorySegment(target, at, LITTLE_ENDIAN);
        FloatVector q1 = (FloatVector) low.lanewise(LSHR, 8).and(0xf).convert(I2F, 0);
        q1.fma(scale, offset).intoMemorySegment(target, at + STEP_BYTES, LITTLE_ENDIAN);
        FloatVector q2 = (FloatVector) low.lanewise(LSHR, 16).and(0xf).convert(I2F, 0);
        q2.fma(scale, offset).intoMemorySegment(target, at + 2 * STEP_BYTES, LITTLE_ENDIAN);
        FloatVector q3 = (FloatVector) low.lanewise(LSHR, 24).and(0xf).convert(I2F, 0);
        q3.fma(scale, offset).intoMemorySegment(target, at + 3 * STEP_BYTES, LITTLE_ENDIAN);
        FloatVector q4 = (FloatVector) low.lanewise(LSHR, 4).and(0xf).convert(I2F, 0);
        q4.fma(scale, offset).intoMemorySegment(target, at + 4 * STEP_BYTES, LITTLE_ENDIAN);
        FloatVector q5 = (FloatVector) low.lanewise(LSHR, 12).and(0xf).convert(I2F, 0);
        q5.fma(scale, offset).intoMemorySegment(target, at + 5 * STEP_BYTES, LITTLE_ENDIAN);
        FloatVector q6 = (FloatVector) low.lanewise(LSHR, 20).and(0xf).convert(I2F, 0);
        q6.fma(scale, offset).intoMemorySegment(target, at + 6 * STEP_BYTES, LITTLE_ENDIAN);
        FloatVector q7 = (FloatVector) low.lanewise(LSHR, 28).convert(I2F, 0);
        q7.fma(scale, offset).intoMemorySegment(target, at + 7 * STEP_BYTES, LITTLE_ENDIAN);
      }
    }
  }

  /** As {@link #unpack4}, with fifth bits. */
  private static void unpack5(
      MemorySegment panel, long block, int subBlock, MemorySegment target, long to) {
    for (int half = 0; half < 2; half++) {
      long lane = 4L * half * LENGTH;
      IntVector factors = IntVector.fromMemorySegment(I, panel, block + lane, LITTLE_ENDIAN);
      IntVector upper =
          IntVector.fromMemorySegment(I, panel, block + UPPER_OFFSET + lane, LITTLE_ENDIAN)
              .lanewise(LSHR, 4 * subBlock);
      IntVector scaleBits =
          IntVector.fromMemorySegment(I, panel, block + SCALES_OFFSET + lane, LITTLE_ENDIAN)
              .lanewise(LSHR, 4 * subBlock)
              .and(0xf)
              .or(upper.and(0x3).lanewise(LSHL, 4));
      IntVector minimumBits =
          IntVector.fromMemorySegment(I, panel, block + MINIMA_OFFSET + lane, LITTLE_ENDIAN)
              .lanewise(LSHR, 4 * subBlock)
              .and(0xf)
              .or(upper.and(0xc).lanewise(LSHL, 2));
      FloatVector scale =
          ((FloatVector) scaleBits.convert(I2F, 0))
              .mul(
                  factors
                      .lanewise(LSHL, 16)
                      .lanewise(ASHR, 3)
                      .and(F16_SHIFTED)
                      .reinterpretAsFloats()
                      .mul(F16_BIAS));
      FloatVector offset =
          ((FloatVector) minimumBits.convert(I2F, 0))
              .mul(factors.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(-F16_BIAS));

      IntVector fifth =
          IntVector.fromMemorySegment(
              I, panel, block + HEADER_BYTES + (long) subBlock * INTS_BYTES + lane, LITTLE_ENDIAN);
      long from = block + HEADER_BYTES + (long) (SUB_BLOCKS + subBlock * 4) * INTS_BYTES + lane;
      for (int n = 0; n < 4; n++) {
        IntVector low =
            IntVector.fromMemorySegment(I, panel, from + (long) n * INTS_BYTES, LITTLE_ENDIAN);
        IntVector high = fifth.lanewise(LSHR, 2 * n);
        IntVector first = low.and(LOW_MASK).or(high.lanewise(LSHL, 4).and(FIFTH_BITS));
        IntVector second =
            low.lanewise(LSHR, 4).and(LOW_MASK).or(high.lanewise(LSHL, 3).and(FIFTH_BITS));
        long at = to + (long) n * STEPS_PER_INT * STEP_BYTES + lane;
        FloatVector q0 = (FloatVector) first.and(0xff).convert(I2F, 0);
        q0.fma(scale, offset).intoMemorySegment(target, at, LITTLE_ENDIAN);
        FloatVector q1 = (FloatVector) first.lanewise(LSHR, 8).and(0xff).convert(I2F, 0);
        q1.fma(scale, offset).intoMemorySegment(target, at + STEP_BYTES, LITTLE_ENDIAN);
        FloatVector q2 = (FloatVector) first.lanewise(LSHR, 16).and(0xff).convert(I2F, 0);
        q2.fma(scale, offset).intoMemorySegment(target, at + 2 * STEP_BYTES, LITTLE_ENDIAN);
        FloatVector q3 = (FloatVector) first.lanewise(LSHR, 24).convert(I2F, 0);
        q3.fma(scale, offset).intoMemorySegment(target, at + 3 * STEP_BYTES, LITTLE_ENDIAN);
        FloatVector q4 = (FloatVector) second.and(0xff).convert(I2F, 0);
        q4.fma(scale, offset).intoMemorySegment(target, at + 4 * STEP_BYTES, LITTLE_ENDIAN);
        FloatVector q5 = (FloatVector) second.lanewise(LSHR, 8).and(0xff).convert(I2F, 0);
        q5.fma(scale, offset).intoMemorySegment(target, at + 5 * STEP_BYTES, LITTLE_ENDIAN);
        FloatVector q6 = (FloatVector) second.lanewise(LSHR, 16).and(0xff).convert(I2F, 0);
        q6.fma(scale, offset).intoMemorySegment(target, at + 6 * STEP_BYTES, LITTLE_ENDIAN);
        FloatVector q7 = (FloatVector) second.lanewise(LSHR, 24).convert(I2F, 0);
        q7.fma(scale, offset).intoMemorySegment(target, at + 7 * STEP_BYTES, LITTLE_ENDIAN);
      }
    }
  }
}
