package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.Lanes.I;
import static dev.ridgepoint.engine.kernels.Lanes.LENGTH;
import static dev.ridgepoint.engine.kernels.Lanes.PANEL;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Panels of IEEE half precision, in pairs as in {@link PanelsBf16}. The Vector API has no such
 * lanes, but a half whose bits are shifted to where a float has them is its value divided by {@link
 * #BIAS}. That is right for all finite numbers, subnormal ones included; others are refused.
 */
final class PanelsF16 implements UnpackedFormat {
  /** Sign, exponent and mantissa of a half that was shifted to where a float has them. */
  static final int SHIFTED_BITS = 0x8fffe000;

  /** 2 to the difference of the exponents' biases, 127 - 15. */
  static final float BIAS = 0x1p112f;

  @Override
  public int blockSteps() {
    return 1;
  }

  @Override
  public long bytes(int steps) {
    return 2L * PANEL * steps;
  }

  @Override
  public void pack(float[] rows, int depth, MemorySegment panel, long panelOffset) {
    for (int column = 0; column < PANEL; column++) {
      for (int k = 0; k < depth; k++) {
        float value = rows[column * depth + k];
        short bits = Float.floatToFloat16(value);
        if (!Float.isFinite(Float.float16ToFloat(bits))) {
          throw new IllegalArgumentException("cannot pack " + value + " as F16");
        }
        panel.set(JAVA_SHORT_UNALIGNED, PanelsBf16.at(panelOffset, k, column), bits);
      }
    }
  }

  @Override
  public void readColumn(
      MemorySegment panel, long panelOffset, int column, int depth, float[] target) {
    for (int k = 0; k < depth; k++) {
      short bits = panel.get(JAVA_SHORT_UNALIGNED, PanelsBf16.at(panelOffset, k, column));
      target[k] = Float.float16ToFloat(bits);
    }
  }

  @Override
  public void unpack(MemorySegment panel, long panelOffset, int depth, MemorySegment target) {
    for (long k = 0; k < depth; k++) {
      IntVector both =
          IntVector.fromMemorySegment(I, panel, panelOffset + 2 * k * PANEL, LITTLE_ENDIAN);
      FloatVector low =
          both.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(SHIFTED_BITS)
              .reinterpretAsFloats()
              .mul(BIAS);
      FloatVector high = both.lanewise(ASHR, 3).and(SHIFTED_BITS).reinterpretAsFloats().mul(BIAS);
      long to = 4 * k * PANEL;
      low.intoMemorySegment(target, to, LITTLE_ENDIAN);
      high.intoMemorySegment(target, to + 4 * LENGTH, LITTLE_ENDIAN);
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
    TilesF16.multiplyAdd(rows, panels, x, xOffset, w, wOffset, panelBytes, depth, c, cOffset);
  }
}
