package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.VectorMath.EXP;
import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** The activations of gated feed-forward layers. Offsets into segments are in bytes. */
public enum ActivationKernel {
  /**
   * {@code y = silu(gate) * up}, where silu(g) = g / (1 + exp(-g)): exponential, sum, division,
   * product.
   */
  SWIGLU(4) {
    @Override
    public void apply(
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
  },

  /**
   * {@code y = gelu(gate) * up} with the tangent's approximation of GELU (Hendrycks and Gimpel
   * 2016, arXiv:1606.08415): gelu(g) = g / 2 (1 + tanh(u)) with u = sqrt(2/pi) (g + 0.044715 g^3).
   * Computed as g / (1 + exp(-2u)), which is the same; counted as it is written.
   */
  GEGLU_TANH(10) {
    @Override
    public void apply(
        MemorySegment x, long gateOffset, long upOffset, MemorySegment y, long yOffset, int count) {
      int limit = F.loopBound(count);
      int i = 0;
      for (; i < limit; i += LENGTH) {
        FloatVector gate = FloatVector.fromMemorySegment(F, x, gateOffset + 4L * i, LITTLE_ENDIAN);
        FloatVector up = FloatVector.fromMemorySegment(F, x, upOffset + 4L * i, LITTLE_ENDIAN);
        FloatVector exponent = gate.mul(gate).mul(-GELU_CUBIC).sub(GELU_LINEAR).mul(gate);
        gate.div(exponent.lanewise(EXP).add(1f))
            .mul(up)
            .intoMemorySegment(y, yOffset + 4L * i, LITTLE_ENDIAN);
      }
      for (; i < count; i++) {
        float gate = x.get(JAVA_FLOAT_UNALIGNED, gateOffset + 4L * i);
        float up = x.get(JAVA_FLOAT_UNALIGNED, upOffset + 4L * i);
        float exponent = (gate * gate * -GELU_CUBIC - GELU_LINEAR) * gate;
        float gelu = gate / (1f + (float) Math.exp(exponent));
        y.set(JAVA_FLOAT_UNALIGNED, yOffset + 4L * i, gelu * up);
      }
    }
  },

  /**
   * {@code y = gate / (1 + exp(-1.702 gate)) * (up + 1)} of gates up to 7 and ups between -7 and 7
   * (gpt-oss, OpenAI 2025, arXiv:2508.10925): two products, two sums, exponential, division.
   */
  CLAMPED_SWIGLU(6) {
    @Override
    public void apply(
        MemorySegment x, long gateOffset, long upOffset, MemorySegment y, long yOffset, int count) {
      int limit = F.loopBound(count);
      int i = 0;
      for (; i < limit; i += LENGTH) {
        FloatVector gate =
            FloatVector.fromMemorySegment(F, x, gateOffset + 4L * i, LITTLE_ENDIAN).min(CLAMP);
        FloatVector up =
            FloatVector.fromMemorySegment(F, x, upOffset + 4L * i, LITTLE_ENDIAN)
                .min(CLAMP)
                .max(-CLAMP);
        gate.div(gate.mul(-SIGMOID_SLOPE).lanewise(EXP).add(1f))
            .mul(up.add(1f))
            .intoMemorySegment(y, yOffset + 4L * i, LITTLE_ENDIAN);
      }
      for (; i < count; i++) {
        float gate = Math.min(x.get(JAVA_FLOAT_UNALIGNED, gateOffset + 4L * i), CLAMP);
        float up = Math.clamp(x.get(JAVA_FLOAT_UNALIGNED, upOffset + 4L * i), -CLAMP, CLAMP);
        float sigmoid = gate / (1f + (float) Math.exp(-SIGMOID_SLOPE * gate));
        y.set(JAVA_FLOAT_UNALIGNED, yOffset + 4L * i, sigmoid * (up + 1f));
      }
    }
  };

  /** Of the clamped SwiGLU, as its slope. */
  private static final float CLAMP = 7;

  private static final float SIGMOID_SLOPE = 1.702f;

  /** 2u by g, for a small g. */
  static final float GELU_LINEAR = (float) (2 * Math.sqrt(2 / Math.PI));

  /** 2u by g^3, for a large one. */
  static final float GELU_CUBIC = (float) (2 * Math.sqrt(2 / Math.PI) * 0.044715);

  private final int flops;

  ActivationKernel(int flops) {
    this.flops = flops;
  }

  /** FLOPs per element of y. */
  public int flops() {
    return flops;
  }

  /** Computes {@code count} elements of y from as many of gate and of up. */
  public abstract void apply(
      MemorySegment x, long gateOffset, long upOffset, MemorySegment y, long yOffset, int count);
}
