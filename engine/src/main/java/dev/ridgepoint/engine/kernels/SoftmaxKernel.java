package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.VectorMath.EXP;
import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.MAX;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * The steps of an online softmax over a row of scores. Vectors are whole wherever exponentials are
 * taken: scalar ends took a library call for each.
 */
public final class SoftmaxKernel {
  private SoftmaxKernel() {}

  /** {@code x *= factor}. */
  public static void scale(float[] x, int offset, float factor, int count) {
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      FloatVector.fromArray(F, x, offset + i).mul(factor).intoArray(x, offset + i);
    }
    for (; i < count; i++) {
      x[offset + i] *= factor;
    }
  }

  /** The largest element, or NaN if there is one; {@code count} is a multiple of LENGTH. */
  public static float max(float[] x, int offset, int count) {
    FloatVector maxima = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < count; i += LENGTH) {
      maxima = maxima.max(FloatVector.fromArray(F, x, offset + i));
    }
    return maxima.reduceLanes(MAX);
  }

  /**
   * {@code y = exp(x * scale - shift)}; returns the sum of the results.
   *
   * @param count a multiple of LENGTH
   */
  public static float expAndSum(
      float[] x, int offset, float scale, float shift, MemorySegment y, long yOffset, int count) {
    FloatVector sums = FloatVector.zero(F);
    for (int i = 0; i < count; i += LENGTH) {
      FloatVector e = FloatVector.fromArray(F, x, offset + i).mul(scale).sub(shift).lanewise(EXP);
      e.intoMemorySegment(y, yOffset + 4L * i, LITTLE_ENDIAN);
      sums = sums.add(e);
    }
    return sums.reduceLanes(ADD);
  }
}
