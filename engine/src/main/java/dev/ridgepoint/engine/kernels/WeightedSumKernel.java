package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** The terms of a weighted sum of rows. Offsets into segments are in bytes. */
public final class WeightedSumKernel {
  private WeightedSumKernel() {}

  /** {@code y = weight * x}: the first term. */
  public static void begin(
      MemorySegment x, long xOffset, float weight, MemorySegment y, long yOffset, int count) {
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      FloatVector.fromMemorySegment(F, x, xOffset + 4L * i, LITTLE_ENDIAN)
          .mul(weight)
          .intoMemorySegment(y, yOffset + 4L * i, LITTLE_ENDIAN);
    }
    for (; i < count; i++) {
      float term = weight * x.get(JAVA_FLOAT_UNALIGNED, xOffset + 4L * i);
      y.set(JAVA_FLOAT_UNALIGNED, yOffset + 4L * i, term);
    }
  }

  /** {@code y += weight * x}: one more. */
  public static void add(
      MemorySegment x, long xOffset, float weight, MemorySegment y, long yOffset, int count) {
    FloatVector weights = FloatVector.broadcast(F, weight);
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      FloatVector.fromMemorySegment(F, x, xOffset + 4L * i, LITTLE_ENDIAN)
          .fma(weights, FloatVector.fromMemorySegment(F, y, yOffset + 4L * i, LITTLE_ENDIAN))
          .intoMemorySegment(y, yOffset + 4L * i, LITTLE_ENDIAN);
    }
    for (; i < count; i++) {
      float term = x.get(JAVA_FLOAT_UNALIGNED, xOffset + 4L * i);
      float sum = y.get(JAVA_FLOAT_UNALIGNED, yOffset + 4L * i);
      y.set(JAVA_FLOAT_UNALIGNED, yOffset + 4L * i, Math.fma(term, weight, sum));
    }
  }
}
