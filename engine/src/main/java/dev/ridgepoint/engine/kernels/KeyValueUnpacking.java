package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.Blocking.PANEL;
import static dev.ridgepoint.engine.kernels.PanelLayout.BLOCK_STEPS;
import static dev.ridgepoint.engine.kernels.PanelLayout.F16_BIAS;
import static dev.ridgepoint.engine.kernels.PanelLayout.F16_SHIFTED;
import static dev.ridgepoint.engine.kernels.PanelLayout.INTS_BYTES;
import static dev.ridgepoint.engine.kernels.PanelLayout.SCALE_BYTES;
import static dev.ridgepoint.engine.kernels.PanelLayout.blockBytes;
import static dev.ridgepoint.engine.kernels.VectorRegisters.I;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Unpacks keys and values of 8 bits to panels of floats in native memory. Both lie in ints of four
 * steps of a column each, {@code [steps / 4][PANEL]}, as {@link QuantisedUnpacking} has them: with
 * the sign of all but the last step flipped.
 */
public final class KeyValueUnpacking {
  /** Steps of an int. */
  public static final int STEPS = 4;

  /** Flips the signs back: bytes are then in two's complement. */
  private static final int SIGNS = 0x00808080;

  private static final int STEP_BYTES = 4 * PANEL;

  private static final ValueLayout.OfShort SCALE = JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  private KeyValueUnpacking() {}

  /**
   * Unpacks a panel whose columns have a scale for each {@link PanelLayout#BLOCK_STEPS} steps.
   *
   * @param panel blocks from byte {@code offset}, each of the scales of all columns and their ints
   * @param steps a multiple of {@link PanelLayout#BLOCK_STEPS}
   * @param target {@code [steps][PANEL]} floats from byte {@code to}
   */
  public static void unpackKeys(
      MemorySegment panel, long offset, int steps, MemorySegment target, long to) {
    for (int k = 0; k < steps; k += STEPS) {
      long block = offset + k / BLOCK_STEPS * blockBytes(8);
      long at = block + SCALE_BYTES + k % BLOCK_STEPS / STEPS * (long) INTS_BYTES;
      long step = to + (long) k * STEP_BYTES;
      IntVector scales = IntVector.fromMemorySegment(I, panel, block, LITTLE_ENDIAN);
      FloatVector scaleA =
          scales
              .lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector scaleB =
          scales.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      IntVector a = IntVector.fromMemorySegment(I, panel, at, LITTLE_ENDIAN).lanewise(XOR, SIGNS);
      IntVector b =
          IntVector.fromMemorySegment(I, panel, at + 4 * LENGTH, LITTLE_ENDIAN)
              .lanewise(XOR, SIGNS);
      FloatVector a0 = (FloatVector) a.lanewise(LSHL, 24).lanewise(ASHR, 24).convert(I2F, 0);
      a0.mul(scaleA).intoMemorySegment(target, step, LITTLE_ENDIAN);
      FloatVector b0 = (FloatVector) b.lanewise(LSHL, 24).lanewise(ASHR, 24).convert(I2F, 0);
      b0.mul(scaleB).intoMemorySegment(target, step + 4 * LENGTH, LITTLE_ENDIAN);
      FloatVector a1 = (FloatVector) a.lanewise(LSHL, 16).lanewise(ASHR, 24).convert(I2F, 0);
      a1.mul(scaleA).intoMemorySegment(target, step + STEP_BYTES, LITTLE_ENDIAN);
      FloatVector b1 = (FloatVector) b.lanewise(LSHL, 16).lanewise(ASHR, 24).convert(I2F, 0);
      b1.mul(scaleB).intoMemorySegment(target, step + STEP_BYTES + 4 * LENGTH, LITTLE_ENDIAN);
      FloatVector a2 = (FloatVector) a.lanewise(LSHL, 8).lanewise(ASHR, 24).convert(I2F, 0);
      a2.mul(scaleA).intoMemorySegment(target, step + 2 * STEP_BYTES, LITTLE_ENDIAN);
      FloatVector b2 = (FloatVector) b.lanewise(LSHL, 8).lanewise(ASHR, 24).convert(I2F, 0);
      b2.mul(scaleB).intoMemorySegment(target, step + 2 * STEP_BYTES + 4 * LENGTH, LITTLE_ENDIAN);
      FloatVector a3 = (FloatVector) a.lanewise(ASHR, 24).convert(I2F, 0);
      a3.mul(scaleA).intoMemorySegment(target, step + 3 * STEP_BYTES, LITTLE_ENDIAN);
      FloatVector b3 = (FloatVector) b.lanewise(ASHR, 24).convert(I2F, 0);
      b3.mul(scaleB).intoMemorySegment(target, step + 3 * STEP_BYTES + 4 * LENGTH, LITTLE_ENDIAN);
    }
  }

  /**
   * Unpacks a panel whose steps have a scale for all columns.
   *
   * @param values the ints from byte {@code offset}
   * @param scales byte of the first step's F16 scale; the others' follow
   * @param steps a multiple of {@link #STEPS}
   * @param target {@code [steps][PANEL]} floats from byte {@code to}
   */
  public static void unpackValues(
      MemorySegment values, long offset, long scales, int steps, MemorySegment target, long to) {
    for (int k = 0; k < steps; k += STEPS) {
      long at = offset + (long) k * PANEL;
      long scale = scales + 2L * k;
      long step = to + (long) k * STEP_BYTES;
      float scale0 = Float.float16ToFloat(values.get(SCALE, scale));
      float scale1 = Float.float16ToFloat(values.get(SCALE, scale + 2));
      float scale2 = Float.float16ToFloat(values.get(SCALE, scale + 4));
      float scale3 = Float.float16ToFloat(values.get(SCALE, scale + 6));
      IntVector a = IntVector.fromMemorySegment(I, values, at, LITTLE_ENDIAN).lanewise(XOR, SIGNS);
      IntVector b =
          IntVector.fromMemorySegment(I, values, at + 4 * LENGTH, LITTLE_ENDIAN)
              .lanewise(XOR, SIGNS);
      FloatVector a0 = (FloatVector) a.lanewise(LSHL, 24).lanewise(ASHR, 24).convert(I2F, 0);
      a0.mul(scale0).intoMemorySegment(target, step, LITTLE_ENDIAN);
      FloatVector b0 = (FloatVector) b.lanewise(LSHL, 24).lanewise(ASHR, 24).convert(I2F, 0);
      b0.mul(scale0).intoMemorySegment(target, step + 4 * LENGTH, LITTLE_ENDIAN);
      FloatVector a1 = (FloatVector) a.lanewise(LSHL, 16).lanewise(ASHR, 24).convert(I2F, 0);
      a1.mul(scale1).intoMemorySegment(target, step + STEP_BYTES, LITTLE_ENDIAN);
      FloatVector b1 = (FloatVector) b.lanewise(LSHL, 16).lanewise(ASHR, 24).convert(I2F, 0);
      b1.mul(scale1).intoMemorySegment(target, step + STEP_BYTES + 4 * LENGTH, LITTLE_ENDIAN);
      FloatVector a2 = (FloatVector) a.lanewise(LSHL, 8).lanewise(ASHR, 24).convert(I2F, 0);
      a2.mul(scale2).intoMemorySegment(target, step + 2 * STEP_BYTES, LITTLE_ENDIAN);
      FloatVector b2 = (FloatVector) b.lanewise(LSHL, 8).lanewise(ASHR, 24).convert(I2F, 0);
      b2.mul(scale2).intoMemorySegment(target, step + 2 * STEP_BYTES + 4 * LENGTH, LITTLE_ENDIAN);
      FloatVector a3 = (FloatVector) a.lanewise(ASHR, 24).convert(I2F, 0);
      a3.mul(scale3).intoMemorySegment(target, step + 3 * STEP_BYTES, LITTLE_ENDIAN);
      FloatVector b3 = (FloatVector) b.lanewise(ASHR, 24).convert(I2F, 0);
      b3.mul(scale3).intoMemorySegment(target, step + 3 * STEP_BYTES + 4 * LENGTH, LITTLE_ENDIAN);
    }
  }
}
