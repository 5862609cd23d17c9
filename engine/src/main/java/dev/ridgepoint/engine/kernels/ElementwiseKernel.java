package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.ActivationKernel.GELU_CUBIC;
import static dev.ridgepoint.engine.kernels.ActivationKernel.GELU_LINEAR;
import static dev.ridgepoint.engine.kernels.VectorMath.EXP;
import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** The activations of feed-forward layers without a gate. Offsets into segments are in bytes. */
public enum ElementwiseKernel {
  /**
   * {@code y = x / 2 (1 + erf(x / sqrt(2)))} (Hendrycks and Gimpel 2016, arXiv:1606.08415).
   *
   * <p>Computed as {@code max(x, 0) - |x| / 2 erfc(|x| / sqrt(2))}, which is the same and loses
   * nothing where 1 + erf is near 0, with the approximation of erfc by Hastings (Abramowitz and
   * Stegun 1964, 7.1.26), whose error is below 1.5e-7; counted as it is written.
   */
  GELU(5) {
    @Override
    public void apply(MemorySegment x, long xOffset, MemorySegment y, long yOffset, int count) {
      int limit = F.loopBound(count);
      int i = 0;
      for (; i < limit; i += LENGTH) {
        FloatVector a = FloatVector.fromMemorySegment(F, x, xOffset + 4L * i, LITTLE_ENDIAN);
        FloatVector magnitude = a.abs();
        FloatVector one = FloatVector.broadcast(F, 1f);
        FloatVector t = one.div(magnitude.mul(ERFC_P * HALF_ROOT).add(1f));
        FloatVector polynomial =
            t.mul(ERFC_5).add(ERFC_4).mul(t).add(ERFC_3).mul(t).add(ERFC_2).mul(t).add(ERFC_1);
        FloatVector erfc = a.mul(a).mul(-0.5f).lanewise(EXP).mul(t).mul(polynomial);
        a.max(0f)
            .sub(magnitude.mul(0.5f).mul(erfc))
            .intoMemorySegment(y, yOffset + 4L * i, LITTLE_ENDIAN);
      }
      for (; i < count; i++) {
        float a = x.get(JAVA_FLOAT_UNALIGNED, xOffset + 4L * i);
        float magnitude = Math.abs(a);
        float t = 1f / (magnitude * (ERFC_P * HALF_ROOT) + 1f);
        float polynomial = (((t * ERFC_5 + ERFC_4) * t + ERFC_3) * t + ERFC_2) * t + ERFC_1;
        float erfc = (float) Math.exp(a * a * -0.5f) * t * polynomial;
        y.set(JAVA_FLOAT_UNALIGNED, yOffset + 4L * i, Math.max(a, 0f) - magnitude * 0.5f * erfc);
      }
    }
  },

  /**
   * {@code y = x / 2 (1 + tanh(u))} with {@code u = sqrt(2/pi) (x + 0.044715 x^3)}, the same paper.
   * Computed as x / (1 + exp(-2u)), which is the same; counted as it is written.
   */
  GELU_TANH(9) {
    @Override
    public void apply(MemorySegment x, long xOffset, MemorySegment y, long yOffset, int count) {
      int limit = F.loopBound(count);
      int i = 0;
      for (; i < limit; i += LENGTH) {
        FloatVector a = FloatVector.fromMemorySegment(F, x, xOffset + 4L * i, LITTLE_ENDIAN);
        FloatVector exponent = a.mul(a).mul(-GELU_CUBIC).sub(GELU_LINEAR).mul(a);
        a.div(exponent.lanewise(EXP).add(1f)).intoMemorySegment(y, yOffset + 4L * i, LITTLE_ENDIAN);
      }
      for (; i < count; i++) {
        float a = x.get(JAVA_FLOAT_UNALIGNED, xOffset + 4L * i);
        float exponent = (a * a * -GELU_CUBIC - GELU_LINEAR) * a;
        y.set(JAVA_FLOAT_UNALIGNED, yOffset + 4L * i, a / (1f + (float) Math.exp(exponent)));
      }
    }
  };

  private static final float HALF_ROOT = (float) Math.sqrt(0.5);
  private static final float ERFC_P = 0.3275911f;
  private static final float ERFC_1 = (float) 0.254829592;
  private static final float ERFC_2 = (float) -0.284496736;
  private static final float ERFC_3 = (float) 1.421413741;
  private static final float ERFC_4 = (float) -1.453152027;
  private static final float ERFC_5 = (float) 1.061405429;

  private final int flops;

  ElementwiseKernel(int flops) {
    this.flops = flops;
  }

  /** FLOPs per element. */
  public int flops() {
    return flops;
  }

  /** Computes {@code count} elements of y from as many of x. */
  public abstract void apply(
      MemorySegment x, long xOffset, MemorySegment y, long yOffset, int count);
}
