package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.EXP;
import static jdk.incubator.vector.VectorOperators.MAX;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Row-wise operations that are not matrix products. Offsets into segments are in bytes. */
public final class Elementwise {
  private Elementwise() {}

  /** {@code y = x / sqrt(mean(x^2) + epsilon) * weight} over one row; y may be x. */
  public static void rmsNorm(
      MemorySegment x,
      long xOffset,
      float[] weight,
      float epsilon,
      MemorySegment y,
      long yOffset,
      int count) {
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
    float scale = (float) (1.0 / Math.sqrt(sum / count + epsilon));
    limit = F.loopBound(count);
    for (i = 0; i < limit; i += LENGTH) {
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
   * Rotates the pairs (i, i + headDim/2) of one head in place.
   *
   * @param cosines,sines headDim/2 of each, from {@code angleOffset} on
   */
  public static void rotate(
      MemorySegment head,
      long headOffset,
      float[] cosines,
      float[] sines,
      int angleOffset,
      int headDim) {
    int half = headDim / 2;
    int limit = F.loopBound(half);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      long low = headOffset + 4L * i;
      long high = low + 4L * half;
      FloatVector cos = FloatVector.fromArray(F, cosines, angleOffset + i);
      FloatVector sin = FloatVector.fromArray(F, sines, angleOffset + i);
      FloatVector a = FloatVector.fromMemorySegment(F, head, low, LITTLE_ENDIAN);
      FloatVector b = FloatVector.fromMemorySegment(F, head, high, LITTLE_ENDIAN);
      a.mul(cos).sub(b.mul(sin)).intoMemorySegment(head, low, LITTLE_ENDIAN);
      b.mul(cos).add(a.mul(sin)).intoMemorySegment(head, high, LITTLE_ENDIAN);
    }
    for (; i < half; i++) {
      long low = headOffset + 4L * i;
      long high = low + 4L * half;
      float cos = cosines[angleOffset + i];
      float sin = sines[angleOffset + i];
      float a = head.get(JAVA_FLOAT_UNALIGNED, low);
      float b = head.get(JAVA_FLOAT_UNALIGNED, high);
      head.set(JAVA_FLOAT_UNALIGNED, low, a * cos - b * sin);
      head.set(JAVA_FLOAT_UNALIGNED, high, b * cos + a * sin);
    }
  }

  /** {@code y = silu(gate) * up}, where silu(g) = g / (1 + exp(-g)). */
  public static void swiGlu(
      MemorySegment x, long gateOffset, long upOffset, MemorySegment y, long yOffset, int count) {
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      FloatVector gate = FloatVector.fromMemorySegment(F, x, gateOffset + 4L * i, LITTLE_ENDIAN);
      FloatVector up = FloatVector.fromMemorySegment(F, x, upOffset + 4L * i, LITTLE_ENDIAN);
      gate.div(gate.neg().lanewise(EXP).add(1f))
          .mul(up)
          .intoMemorySegment(y, yOffset + 4L * i, LITTLE_ENDIAN);
    }
    for (; i < count; i++) {
      float gate = x.get(JAVA_FLOAT_UNALIGNED, gateOffset + 4L * i);
      float up = x.get(JAVA_FLOAT_UNALIGNED, upOffset + 4L * i);
      float silu = gate / (1f + (float) Math.exp(-gate));
      y.set(JAVA_FLOAT_UNALIGNED, yOffset + 4L * i, silu * up);
    }
  }

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
