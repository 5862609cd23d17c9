package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.PanelLayout.F16_BIAS;
import static dev.ridgepoint.engine.kernels.PanelLayout.F16_SHIFTED;
import static dev.ridgepoint.engine.kernels.PanelLayout.INTS_BYTES;
import static dev.ridgepoint.engine.kernels.PanelLayout.SCALE_BYTES;
import static dev.ridgepoint.engine.kernels.VectorRegisters.I;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Makes floats of the scales of all columns of a panel, {@code [blocks][PANEL]}, a stride of floats
 * from one block to the next.
 */
public final class SuperBlockScales {
  private static final int SIX_BIT_BLOCKS = 8;
  private static final int BYTE_BLOCKS = 16;

  private SuperBlockScales() {}

  /**
   * Halves, one block.
   *
   * @param header byte of the scales: lane j holds that of column j in its lower half and that of
   *     column j + LENGTH in its upper half
   */
  public static void unpackHalves(MemorySegment panel, long header, float[] target, int to) {
    IntVector scales = IntVector.fromMemorySegment(I, panel, header, LITTLE_ENDIAN);
    scales
        .lanewise(LSHL, 16)
        .lanewise(ASHR, 3)
        .and(F16_SHIFTED)
        .reinterpretAsFloats()
        .mul(F16_BIAS)
        .intoArray(target, to);
    scales
        .lanewise(ASHR, 3)
        .and(F16_SHIFTED)
        .reinterpretAsFloats()
        .mul(F16_BIAS)
        .intoArray(target, to + LENGTH);
  }

  /**
   * Scales and behind them minima of six bits, times a half: 8 of each.
   *
   * @param header byte of four ints of each column: the half of the scales and, above it, that of
   *     the minima; four bits of each block, the scale's lower ones; the minimum's; the upper two
   *     of the scale and, above them, of the minimum
   */
  public static void unpackSixBits(
      MemorySegment panel, long header, float[] target, int to, int stride) {
    for (int half = 0; half < 2; half++) {
      long at = header + 4L * half * LENGTH;
      IntVector factors = IntVector.fromMemorySegment(I, panel, at, LITTLE_ENDIAN);
      FloatVector scaleFactor =
          factors
              .lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector minimumFactor =
          factors.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      IntVector scales = IntVector.fromMemorySegment(I, panel, at + INTS_BYTES, LITTLE_ENDIAN);
      IntVector minima = IntVector.fromMemorySegment(I, panel, at + 2 * INTS_BYTES, LITTLE_ENDIAN);
      IntVector upper = IntVector.fromMemorySegment(I, panel, at + 3 * INTS_BYTES, LITTLE_ENDIAN);
      int scaleTo = to + half * LENGTH;
      int minimumTo = scaleTo + SIX_BIT_BLOCKS * stride;
      for (int block = 0; block < SIX_BIT_BLOCKS; block++) {
        FloatVector scale =
            (FloatVector) scales.and(0xf).or(upper.and(0x3).lanewise(LSHL, 4)).convert(I2F, 0);
        scale.mul(scaleFactor).intoArray(target, scaleTo + block * stride);
        FloatVector minimum =
            (FloatVector) minima.and(0xf).or(upper.and(0xc).lanewise(LSHL, 2)).convert(I2F, 0);
        minimum.mul(minimumFactor).intoArray(target, minimumTo + block * stride);
        scales = scales.lanewise(LSHR, 4);
        minima = minima.lanewise(LSHR, 4);
        upper = upper.lanewise(LSHR, 4);
      }
    }
  }

  /**
   * Scales of a byte with a sign, times a half: 16.
   *
   * @param header byte of the halves, as of {@link #unpackHalves}, and four ints of each column
   *     behind them with four scales each
   */
  public static void unpackBytes(
      MemorySegment panel, long header, float[] target, int to, int stride) {
    IntVector factors = IntVector.fromMemorySegment(I, panel, header, LITTLE_ENDIAN);
    for (int half = 0; half < 2; half++) {
      FloatVector factor =
          factors
              .lanewise(LSHL, 16 - 16 * half)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      long at = header + SCALE_BYTES + 4L * half * LENGTH;
      int first = to + half * LENGTH;
      for (int block = 0; block < BYTE_BLOCKS; block += 4) {
        IntVector scales =
            IntVector.fromMemorySegment(
                I, panel, at + block / 4 * (long) INTS_BYTES, LITTLE_ENDIAN);
        int blockTo = first + block * stride;
        FloatVector s0 = (FloatVector) scales.lanewise(LSHL, 24).lanewise(ASHR, 24).convert(I2F, 0);
        s0.mul(factor).intoArray(target, blockTo);
        FloatVector s1 = (FloatVector) scales.lanewise(LSHL, 16).lanewise(ASHR, 24).convert(I2F, 0);
        s1.mul(factor).intoArray(target, blockTo + stride);
        FloatVector s2 = (FloatVector) scales.lanewise(LSHL, 8).lanewise(ASHR, 24).convert(I2F, 0);
        s2.mul(factor).intoArray(target, blockTo + 2 * stride);
        FloatVector s3 = (FloatVector) scales.lanewise(ASHR, 24).convert(I2F, 0);
        s3.mul(factor).intoArray(target, blockTo + 3 * stride);
      }
    }
  }
}
