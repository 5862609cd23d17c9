package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ADD;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** RMS normalisation of a row. Offsets into segments are in bytes. */
public final class NormKernel {
  private NormKernel() {}

  /** {@code y = x / sqrt(mean(x^2) + epsilon) * weight} over one row; y may be x. */
  public static void rmsNorm(
      MemorySegment x,
      long xOffset,
      float[] weight,
      float epsilon,
      MemorySegment y,
      long yOffset,
      int count) {
    float scale = inverseRms(x, xOffset, epsilon, count);
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      FloatVector.fromMemorySegment(F, x, xOffset + 4L * i, LITTLE_ENDIAN)
          .mul(scale)
          .mul(FloatVector.fromArray(F, weight, i))
          .intoMemorySegment(y, yOffset + 4L * i, LITTLE_ENDIAN);
    }
    for (; i < count; i++) {
      float a = x.get(JAVA_FLOAT_UNALIGNED, xOffset + 4L * i);
      y.set(JAVA_FLOAT_UNALIGNED, yOffset + 4L * i, a * scale * weight[i]);
    }
  }

  /** {@code y += x / sqrt(mean(x^2) + epsilon) * weight} over one row. */
  public static void addRmsNorm(
      MemorySegment x,
      long xOffset,
      float[] weight,
      float epsilon,
      MemorySegment y,
      long yOffset,
      int count) {
    float scale = inverseRms(x, xOffset, epsilon, count);
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      FloatVector.fromMemorySegment(F, x, xOffset + 4L * i, LITTLE_ENDIAN)
          .mul(scale)
          .mul(FloatVector.fromArray(F, weight, i))
          .add(FloatVector.fromMemorySegment(F, y, yOffset + 4L * i, LITTLE_ENDIAN))
          .intoMemorySegment(y, yOffset + 4L * i, LITTLE_ENDIAN);
    }
    for (; i < count; i++) {
      float a = x.get(JAVA_FLOAT_UNALIGNED, xOffset + 4L * i);
      float sum = y.get(JAVA_FLOAT_UNALIGNED, yOffset + 4L * i) + a * scale * weight[i];
      y.set(JAVA_FLOAT_UNALIGNED, yOffset + 4L * i, sum);
    }
  }

  /** {@code 1 / sqrt(mean(x^2) + epsilon)} of one row. */
  private static float inverseRms(MemorySegment x, long xOffset, float epsilon, int count) {
    FloatVector squares = FloatVector.zero(F);
    FloatVector moreSquares = FloatVector.zero(F);
    int limit = count - count % (2 * LENGTH);
    int i = 0;
    for (; i < limit; i += 2 * LENGTH) {
      FloatVector a = FloatVector.fromMemorySegment(F, x, xOffset + 4L * i, LITTLE_ENDIAN);
      FloatVector b =
          FloatVector.fromMemorySegment(F, x, xOffset + 4L * (i + LENGTH), LITTLE_ENDIAN);
      squares = a.fma(a, squares);
      moreSquares = b.fma(b, moreSquares);
    }
    float sum = squares.add(moreSquares).reduceLanes(ADD);
    for (; i < count; i++) {
      float a = x.get(JAVA_FLOAT_UNALIGNED, xOffset + 4L * i);
      sum = Math.fma(a, a, sum);
    }
    return (float) (1.0 / Math.sqrt(sum / count + epsilon));
  }
}
