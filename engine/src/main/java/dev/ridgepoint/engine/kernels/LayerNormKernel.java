package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ADD;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Layer normalisation of a row. Offsets into segments are in bytes. */
public final class LayerNormKernel {
  private LayerNormKernel() {}

  /** {@code y = (x - mean) / sqrt(variance + epsilon) * weight + bias} over one row; y may be x. */
  public static void layerNorm(
      MemorySegment x,
      long xOffset,
      float[] weight,
      float[] bias,
      float epsilon,
      MemorySegment y,
      long yOffset,
      int count) {
    float mean = mean(x, xOffset, count);
    float scale = inverseDeviation(x, xOffset, mean, epsilon, count);
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      FloatVector.fromMemorySegment(F, x, xOffset + 4L * i, LITTLE_ENDIAN)
          .sub(mean)
          .mul(scale)
          .mul(FloatVector.fromArray(F, weight, i))
          .add(FloatVector.fromArray(F, bias, i))
          .intoMemorySegment(y, yOffset + 4L * i, LITTLE_ENDIAN);
    }
    for (; i < count; i++) {
      float a = x.get(JAVA_FLOAT_UNALIGNED, xOffset + 4L * i) - mean;
      y.set(JAVA_FLOAT_UNALIGNED, yOffset + 4L * i, a * scale * weight[i] + bias[i]);
    }
  }

  /** {@code y = (x - mean) / sqrt(variance + epsilon)} over one row; y may be x. */
  public static void layerNorm(
      MemorySegment x, long xOffset, float epsilon, MemorySegment y, long yOffset, int count) {
    float mean = mean(x, xOffset, count);
    float scale = inverseDeviation(x, xOffset, mean, epsilon, count);
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      FloatVector.fromMemorySegment(F, x, xOffset + 4L * i, LITTLE_ENDIAN)
          .sub(mean)
          .mul(scale)
          .intoMemorySegment(y, yOffset + 4L * i, LITTLE_ENDIAN);
    }
    for (; i < count; i++) {
      float a = x.get(JAVA_FLOAT_UNALIGNED, xOffset + 4L * i) - mean;
      y.set(JAVA_FLOAT_UNALIGNED, yOffset + 4L * i, a * scale);
    }
  }

  private static float mean(MemorySegment x, long xOffset, int count) {
    FloatVector sums = FloatVector.zero(F);
    FloatVector moreSums = FloatVector.zero(F);
    int limit = count - count % (2 * LENGTH);
    int i = 0;
    for (; i < limit; i += 2 * LENGTH) {
      sums = sums.add(FloatVector.fromMemorySegment(F, x, xOffset + 4L * i, LITTLE_ENDIAN));
      moreSums =
          moreSums.add(
              FloatVector.fromMemorySegment(F, x, xOffset + 4L * (i + LENGTH), LITTLE_ENDIAN));
    }
    float sum = sums.add(moreSums).reduceLanes(ADD);
    for (; i < count; i++) {
      sum += x.get(JAVA_FLOAT_UNALIGNED, xOffset + 4L * i);
    }
    return sum / count;
  }

  /**
   * {@code 1 / sqrt(variance + epsilon)} of one row. The mean is subtracted before the squares are
   * summed: the difference of their sums would lose what a large mean has.
   */
  private static float inverseDeviation(
      MemorySegment x, long xOffset, float mean, float epsilon, int count) {
    FloatVector squares = FloatVector.zero(F);
    FloatVector moreSquares = FloatVector.zero(F);
    int limit = count - count % (2 * LENGTH);
    int i = 0;
    for (; i < limit; i += 2 * LENGTH) {
      FloatVector a =
          FloatVector.fromMemorySegment(F, x, xOffset + 4L * i, LITTLE_ENDIAN).sub(mean);
      FloatVector b =
          FloatVector.fromMemorySegment(F, x, xOffset + 4L * (i + LENGTH), LITTLE_ENDIAN).sub(mean);
      squares = a.fma(a, squares);
      moreSquares = b.fma(b, moreSquares);
    }
    float sum = squares.add(moreSquares).reduceLanes(ADD);
    for (; i < count; i++) {
      float a = x.get(JAVA_FLOAT_UNALIGNED, xOffset + 4L * i) - mean;
      sum = Math.fma(a, a, sum);
    }
    return (float) (1.0 / Math.sqrt(sum / count + epsilon));
  }
}
