package dev.ridgepoint.engine.panels;

import static dev.ridgepoint.engine.kernels.PanelLayout.F16_BIAS;
import static dev.ridgepoint.engine.kernels.PanelLayout.F16_SHIFTED;
import static dev.ridgepoint.engine.kernels.PanelLayout.INTS_BYTES;
import static dev.ridgepoint.engine.kernels.PanelLayout.SCALE_BYTES;
import static dev.ridgepoint.engine.kernels.VectorRegisters.I;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import dev.ridgepoint.engine.codecs.Q6KDecoder;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Panels of Q6_K. Before the lower bits lie the factors of all columns, as the scales in {@link
 * QuantisedPanels}; four ints of each column with four scales each; and one for each sub-block with
 * the upper two bits of its integers, in which those of the n-th eight steps are where the lower
 * bits of an int are, shifted left by 4 n: bits 8 i + 4 n step i's and bits 8 i + 4 n + 2 step i +
 * 4's.
 */
final class PanelsQ6K extends SuperBlockPanels {
  private static final int SUB_BLOCK = 16;
  private static final int SUB_BLOCKS = 16;
  private static final int ZERO = 32;
  private static final long SCALES_OFFSET = SCALE_BYTES;
  private static final long UPPER_OFFSET = SCALES_OFFSET + SUB_BLOCKS / 4L * INTS_BYTES;
  private static final long LOW_OFFSET = UPPER_OFFSET + (long) SUB_BLOCKS * INTS_BYTES;
  private static final int UPPER_MASK = 0x30303030;

  private final Q6KDecoder decoder;

  PanelsQ6K() {
    this(new Q6KDecoder());
  }

  private PanelsQ6K(Q6KDecoder decoder) {
    super(decoder, SUB_BLOCK, LOW_OFFSET);
    this.decoder = decoder;
  }

  @Override
  void packScales(MemorySegment rows, long rowBlock, MemorySegment panel, long block, int column) {
    panel.set(
        SHORT,
        PanelsBf16.at(block, 0, column),
        PanelsF16.finite(rows, rowBlock + Q6KDecoder.FACTOR_OFFSET));
    for (int subBlock = 0; subBlock < SUB_BLOCKS; subBlock++) {
      byte scale = rows.get(JAVA_BYTE, rowBlock + Q6KDecoder.SCALES_OFFSET + subBlock);
      panel.set(JAVA_BYTE, scaleAt(block, column, subBlock), scale);
      int upper = 0;
      for (int step = 0; step < SUB_BLOCK; step++) {
        int q = decoder.bits(rows, rowBlock, subBlock * SUB_BLOCK + step);
        upper |= q >> 4 << upperBit(step);
      }
      panel.set(INT, upperAt(block, subBlock, column), upper);
    }
  }

  private static long scaleAt(long block, int column, int subBlock) {
    return block + SCALES_OFFSET + subBlock / 4L * INTS_BYTES + 4L * column + subBlock % 4;
  }

  private static long upperAt(long block, int subBlock, int column) {
    return block + UPPER_OFFSET + (long) subBlock * INTS_BYTES + 4L * column;
  }

  private static int upperBit(int step) {
    return 8 * (step % 4) + step / STEPS_PER_INT * 4 + step % STEPS_PER_INT / 4 * 2;
  }

  @Override
  float scale(MemorySegment panel, long block, int column, int subBlock) {
    return Float.float16ToFloat(panel.get(SHORT, PanelsBf16.at(block, 0, column)))
        * panel.get(JAVA_BYTE, scaleAt(block, column, subBlock));
  }

  @Override
  float minimum(MemorySegment panel, long block, int column, int subBlock) {
    return 0;
  }

  @Override
  int upperBits(MemorySegment panel, long block, int column, int step) {
    int bits = panel.get(INT, upperAt(block, step / SUB_BLOCK, column));
    return ((bits >>> upperBit(step % SUB_BLOCK) & 3) << 4) - ZERO;
  }

  @Override
  public void repack(
      MemorySegment panel, long panelOffset, int depth, MemorySegment target, long targetOffset) {
    for (int k = 0; k < depth; k += SUB_BLOCK) {
      long to = targetOffset + (long) k * STEP_BYTES;
      unpack(panel, panelOffset + bytes(k), k / SUB_BLOCK % SUB_BLOCKS, target, to);
    }
  }

  /** Unpacks a sub-block of all columns, half of them at a time. */
  private static void unpack(
      MemorySegment panel, long block, int subBlock, MemorySegment target, long to) {
    IntVector factors = IntVector.fromMemorySegment(I, panel, block, LITTLE_ENDIAN);
    for (int half = 0; half < 2; half++) {
      long lane = 4L * half * LENGTH;
      IntVector scales =
          IntVector.fromMemorySegment(
              I, panel, block + SCALES_OFFSET + subBlock / 4L * INTS_BYTES + lane, LITTLE_ENDIAN);
      FloatVector scale =
          ((FloatVector)
                  scales.lanewise(LSHL, 24 - 8 * (subBlock % 4)).lanewise(ASHR, 24).convert(I2F, 0))
              .mul(
                  factors
                      .lanewise(LSHL, 16 - 16 * half)
                      .lanewise(ASHR, 3)
                      .and(F16_SHIFTED)
                      .reinterpretAsFloats()
                      .mul(F16_BIAS));
      FloatVector offset = scale.mul(-ZERO);
      IntVector upper =
          IntVector.fromMemorySegment(
              I, panel, block + UPPER_OFFSET + (long) subBlock * INTS_BYTES + lane, LITTLE_ENDIAN);
      long from = block + LOW_OFFSET + (long) subBlock * 2 * INTS_BYTES + lane;
      for (int n = 0; n < 2; n++) {
        IntVector low =
            IntVector.fromMemorySegment(I, panel, from + (long) n * INTS_BYTES, LITTLE_ENDIAN);
        IntVector high = upper.lanewise(LSHR, 4 * n);
        IntVector first = low.and(LOW_MASK).or(high.lanewise(LSHL, 4).and(UPPER_MASK));
        IntVector second =
            low.lanewise(LSHR, 4).and(LOW_MASK).or(high.lanewise(LSHL, 2).and(UPPER_MASK));
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
