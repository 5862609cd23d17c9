package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * RMS normalisation of rows with its gradients, whose sums are in one order: see {@link LaneSums}.
 * With s the inverse root mean square of a row of n elements and w its weights:
 *
 * <pre>
 *   y  = s x w
 *   dx = s w dy - x s^3 / n sum(w dy x)
 *   dw = s x dy, summed over the rows
 * </pre>
 *
 * <p>Offsets into segments are in bytes; {@code lanes} is memory for those of a vector.
 */
public final class TrainedNormKernel {
  private TrainedNormKernel() {}

  /** {@code 1 / sqrt(mean(x^2) + epsilon)} of one row. */
  public static float inverseRms(
      MemorySegment x, long xOffset, float epsilon, int count, float[] lanes) {
    double squares = OptimizerKernel.sumOfSquares(x, xOffset, count, lanes);
    return (float) (1.0 / Math.sqrt(squares / count + epsilon));
  }

  /** {@code y = scale * x * weight} over one row; y may be x. */
  public static void forward(
      MemorySegment x,
      long xOffset,
      float[] weight,
      float scale,
      MemorySegment y,
      long yOffset,
      int count) {
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

  /**
   * The gradient of one row.
   *
   * @param scale its inverse root mean square, {@link #inverseRms}
   * @param accumulate whether it is added to dx
   * @param dx may be dy
   */
  public static void input(
      MemorySegment x,
      long xOffset,
      MemorySegment dy,
      long dyOffset,
      float[] weight,
      float scale,
      boolean accumulate,
      MemorySegment dx,
      long dxOffset,
      int count,
      float[] lanes) {
    float shared =
        dot(x, xOffset, dy, dyOffset, weight, count, lanes) * scale * scale * scale / count;
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      FloatVector gradient =
          FloatVector.fromMemorySegment(F, dy, dyOffset + 4L * i, LITTLE_ENDIAN)
              .mul(FloatVector.fromArray(F, weight, i))
              .mul(scale)
              .sub(
                  FloatVector.fromMemorySegment(F, x, xOffset + 4L * i, LITTLE_ENDIAN).mul(shared));
      if (accumulate) {
        gradient =
            gradient.add(FloatVector.fromMemorySegment(F, dx, dxOffset + 4L * i, LITTLE_ENDIAN));
      }
      gradient.intoMemorySegment(dx, dxOffset + 4L * i, LITTLE_ENDIAN);
    }
    for (; i < count; i++) {
      float gradient =
          dy.get(JAVA_FLOAT_UNALIGNED, dyOffset + 4L * i) * weight[i] * scale
              - x.get(JAVA_FLOAT_UNALIGNED, xOffset + 4L * i) * shared;
      if (accumulate) {
        gradient += dx.get(JAVA_FLOAT_UNALIGNED, dxOffset + 4L * i);
      }
      dx.set(JAVA_FLOAT_UNALIGNED, dxOffset + 4L * i, gradient);
    }
  }

  /** {@code sum(w dy x)} of one row. */
  private static float dot(
      MemorySegment x,
      long xOffset,
      MemorySegment dy,
      long dyOffset,
      float[] weight,
      int count,
      float[] lanes) {
    FloatVector sums = FloatVector.zero(F);
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      sums =
          FloatVector.fromMemorySegment(F, dy, dyOffset + 4L * i, LITTLE_ENDIAN)
              .mul(FloatVector.fromArray(F, weight, i))
              .fma(FloatVector.fromMemorySegment(F, x, xOffset + 4L * i, LITTLE_ENDIAN), sums);
    }
    sums.intoArray(lanes, 0);
    float sum = LaneSums.sum(lanes);
    for (; i < count; i++) {
      sum +=
          dy.get(JAVA_FLOAT_UNALIGNED, dyOffset + 4L * i)
              * weight[i]
              * x.get(JAVA_FLOAT_UNALIGNED, xOffset + 4L * i);
    }
    return sum;
  }

  /** Adds one row's share, or a part of it, to the gradient of the weights. */
  public static void addToWeight(
      MemorySegment x,
      long xOffset,
      MemorySegment dy,
      long dyOffset,
      float scale,
      MemorySegment dw,
      long dwOffset,
      int count) {
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      FloatVector.fromMemorySegment(F, x, xOffset + 4L * i, LITTLE_ENDIAN)
          .mul(scale)
          .fma(
              FloatVector.fromMemorySegment(F, dy, dyOffset + 4L * i, LITTLE_ENDIAN),
              FloatVector.fromMemorySegment(F, dw, dwOffset + 4L * i, LITTLE_ENDIAN))
          .intoMemorySegment(dw, dwOffset + 4L * i, LITTLE_ENDIAN);
    }
    for (; i < count; i++) {
      float scaled = x.get(JAVA_FLOAT_UNALIGNED, xOffset + 4L * i) * scale;
      float d = dy.get(JAVA_FLOAT_UNALIGNED, dyOffset + 4L * i);
      float sum = dw.get(JAVA_FLOAT_UNALIGNED, dwOffset + 4L * i);
      dw.set(JAVA_FLOAT_UNALIGNED, dwOffset + 4L * i, Math.fma(scaled, d, sum));
    }
  }
}
