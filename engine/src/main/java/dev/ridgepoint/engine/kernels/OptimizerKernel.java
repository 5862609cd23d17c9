package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Updates of parameters. Operands of an element lie at the same offset, in bytes, of each. */
public final class OptimizerKernel {
  private OptimizerKernel() {}

  /**
   * The sum of squares.
   *
   * @param lanes memory for those of a vector
   */
  public static double sumOfSquares(MemorySegment x, long offset, int count, float[] lanes) {
    FloatVector squares = FloatVector.zero(F);
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      FloatVector a = FloatVector.fromMemorySegment(F, x, offset + 4L * i, LITTLE_ENDIAN);
      squares = a.fma(a, squares);
    }
    squares.intoArray(lanes, 0);
    double sum = LaneSums.sum(lanes);
    for (; i < count; i++) {
      float a = x.get(JAVA_FLOAT_UNALIGNED, offset + 4L * i);
      sum += a * a;
    }
    return sum;
  }

  /**
   * AdamW: with {@code g = gradientScale * g}, {@code m += (1 - beta1) (g - m)} and {@code v =
   * beta2 v + (1 - beta2) g^2} it is {@code w = decay w - rate m / (sqrt(v correction) + epsilon)}.
   *
   * @param rate the learning rate, divided by m's correction
   * @param correction the inverse of v's
   * @param decay what is left of w
   */
  public static void adamW(
      MemorySegment w,
      MemorySegment g,
      MemorySegment m,
      MemorySegment v,
      long offset,
      int count,
      float gradientScale,
      float beta1,
      float beta2,
      float rate,
      float correction,
      float epsilon,
      float decay) {
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      long at = offset + 4L * i;
      FloatVector gradient =
          FloatVector.fromMemorySegment(F, g, at, LITTLE_ENDIAN).mul(gradientScale);
      FloatVector first = FloatVector.fromMemorySegment(F, m, at, LITTLE_ENDIAN);
      first = gradient.sub(first).mul(1 - beta1).add(first);
      FloatVector second =
          FloatVector.fromMemorySegment(F, v, at, LITTLE_ENDIAN)
              .mul(beta2)
              .add(gradient.mul(gradient).mul(1 - beta2));
      first.intoMemorySegment(m, at, LITTLE_ENDIAN);
      second.intoMemorySegment(v, at, LITTLE_ENDIAN);
      FloatVector update = first.mul(rate).div(second.mul(correction).sqrt().add(epsilon));
      FloatVector.fromMemorySegment(F, w, at, LITTLE_ENDIAN)
          .mul(decay)
          .sub(update)
          .intoMemorySegment(w, at, LITTLE_ENDIAN);
    }
    for (; i < count; i++) {
      long at = offset + 4L * i;
      float gradient = g.get(JAVA_FLOAT_UNALIGNED, at) * gradientScale;
      float first = m.get(JAVA_FLOAT_UNALIGNED, at);
      first = (gradient - first) * (1 - beta1) + first;
      float second = v.get(JAVA_FLOAT_UNALIGNED, at) * beta2 + gradient * gradient * (1 - beta2);
      m.set(JAVA_FLOAT_UNALIGNED, at, first);
      v.set(JAVA_FLOAT_UNALIGNED, at, second);
      float update = first * rate / ((float) Math.sqrt(second * correction) + epsilon);
      w.set(JAVA_FLOAT_UNALIGNED, at, w.get(JAVA_FLOAT_UNALIGNED, at) * decay - update);
    }
  }

  /** Momentum: {@code u = momentum u + gradientScale g}, {@code w = decay w - rate u}. */
  public static void momentum(
      MemorySegment w,
      MemorySegment g,
      MemorySegment u,
      long offset,
      int count,
      float gradientScale,
      float momentum,
      float rate,
      float decay) {
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      long at = offset + 4L * i;
      FloatVector velocity =
          FloatVector.fromMemorySegment(F, u, at, LITTLE_ENDIAN)
              .mul(momentum)
              .add(FloatVector.fromMemorySegment(F, g, at, LITTLE_ENDIAN).mul(gradientScale));
      velocity.intoMemorySegment(u, at, LITTLE_ENDIAN);
      FloatVector.fromMemorySegment(F, w, at, LITTLE_ENDIAN)
          .mul(decay)
          .sub(velocity.mul(rate))
          .intoMemorySegment(w, at, LITTLE_ENDIAN);
    }
    for (; i < count; i++) {
      long at = offset + 4L * i;
      float velocity =
          u.get(JAVA_FLOAT_UNALIGNED, at) * momentum
              + g.get(JAVA_FLOAT_UNALIGNED, at) * gradientScale;
      u.set(JAVA_FLOAT_UNALIGNED, at, velocity);
      w.set(JAVA_FLOAT_UNALIGNED, at, w.get(JAVA_FLOAT_UNALIGNED, at) * decay - velocity * rate);
    }
  }

  /** {@code sums += x^2}, element by element. */
  public static void addSquares(
      MemorySegment x, long offset, MemorySegment sums, long sumsOffset, int count) {
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      FloatVector a = FloatVector.fromMemorySegment(F, x, offset + 4L * i, LITTLE_ENDIAN);
      a.fma(a, FloatVector.fromMemorySegment(F, sums, sumsOffset + 4L * i, LITTLE_ENDIAN))
          .intoMemorySegment(sums, sumsOffset + 4L * i, LITTLE_ENDIAN);
    }
    for (; i < count; i++) {
      float a = x.get(JAVA_FLOAT_UNALIGNED, offset + 4L * i);
      float sum = sums.get(JAVA_FLOAT_UNALIGNED, sumsOffset + 4L * i);
      sums.set(JAVA_FLOAT_UNALIGNED, sumsOffset + 4L * i, a * a + sum);
    }
  }

  /** The sum of squares of {@code rowFactor * columnFactors * x}. */
  public static double sumOfScaledSquares(
      MemorySegment x,
      long offset,
      float rowFactor,
      float[] columnFactors,
      int count,
      float[] lanes) {
    FloatVector squares = FloatVector.zero(F);
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      FloatVector a =
          FloatVector.fromMemorySegment(F, x, offset + 4L * i, LITTLE_ENDIAN)
              .mul(rowFactor)
              .mul(FloatVector.fromArray(F, columnFactors, i));
      squares = a.fma(a, squares);
    }
    squares.intoArray(lanes, 0);
    double sum = LaneSums.sum(lanes);
    for (; i < count; i++) {
      float a = x.get(JAVA_FLOAT_UNALIGNED, offset + 4L * i) * rowFactor * columnFactors[i];
      sum += a * a;
    }
    return sum;
  }

  /** {@code w = decay * w - rowFactor * columnFactors * x}. */
  public static void subtractScaled(
      MemorySegment w,
      MemorySegment x,
      long offset,
      float rowFactor,
      float[] columnFactors,
      float decay,
      int count) {
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      long at = offset + 4L * i;
      FloatVector update =
          FloatVector.fromMemorySegment(F, x, at, LITTLE_ENDIAN)
              .mul(rowFactor)
              .mul(FloatVector.fromArray(F, columnFactors, i));
      FloatVector.fromMemorySegment(F, w, at, LITTLE_ENDIAN)
          .mul(decay)
          .sub(update)
          .intoMemorySegment(w, at, LITTLE_ENDIAN);
    }
    for (; i < count; i++) {
      long at = offset + 4L * i;
      float update = x.get(JAVA_FLOAT_UNALIGNED, at) * rowFactor * columnFactors[i];
      w.set(JAVA_FLOAT_UNALIGNED, at, w.get(JAVA_FLOAT_UNALIGNED, at) * decay - update);
    }
  }
}
