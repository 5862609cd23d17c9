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

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Makes floats of the scales of all columns of a panel, {@code [blocks][PANEL]}, a stride of floats
 * from one block to the next.
 */
public final class SuperBlockScales {
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
