package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.ActivationKernel.GELU_CUBIC;
import static dev.ridgepoint.engine.kernels.ActivationKernel.GELU_LINEAR;
import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * The activations of gated feed-forward layers with their gradients, in {@link Exponential}'s bits:
 * {@code y = f(gate) * up}, {@code dgate = f'(gate) * up * dy} and {@code dup = f(gate) * dy},
 * where f(g) = g s(g) and s = 1 / (1 + exp(e(g))). Offsets into segments are in bytes.
 */
public enum TrainedActivationKernel {
  /**
   * e = -g and f' = s (1 + g (1 - s)). Forward four FLOPs; backward three for s, one for f, four
   * for f', three products with up and dy.
   */
  SWIGLU(4, 11, 0, 1),

  /**
   * e = -2u with u as {@link ActivationKernel#GEGLU_TANH} has it, and f' = s + f (1 - s) (2u)'.
   * Forward ten FLOPs, as it is written there; backward four for 2u, three for s, one for f, two
   * for (2u)' of which g^2 is there, four for f', three products with up and dy.
   */
  GEGLU_TANH(10, 17, GELU_CUBIC, GELU_LINEAR);

  private final int flops;
  private final int backwardFlops;

  /** The exponent is {@code -(cubic g^3 + linear g)}. */
  private final float cubic;

  private final float linear;

  TrainedActivationKernel(int flops, int backwardFlops, float cubic, float linear) {
    this.flops = flops;
    this.backwardFlops = backwardFlops;
    this.cubic = cubic;
    this.linear = linear;
  }

  /** FLOPs per element of y. */
  public int flops() {
    return flops;
  }

  /** FLOPs per element of both gradients. */
  public int backwardFlops() {
    return backwardFlops;
  }

  /**
   * Computes {@code count} elements of y.
   *
   * @param scratch for as many numbers
   */
  public void forward(
      MemorySegment x,
      long gateOffset,
      long upOffset,
      MemorySegment y,
      long yOffset,
      int count,
      float[] scratch) {
    exponentials(x, gateOffset, count, scratch);
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      FloatVector gate = FloatVector.fromMemorySegment(F, x, gateOffset + 4L * i, LITTLE_ENDIAN);
      FloatVector up = FloatVector.fromMemorySegment(F, x, upOffset + 4L * i, LITTLE_ENDIAN);
      gate.div(FloatVector.fromArray(F, scratch, i).add(1f))
          .mul(up)
          .intoMemorySegment(y, yOffset + 4L * i, LITTLE_ENDIAN);
    }
    for (; i < count; i++) {
      float gate = x.get(JAVA_FLOAT_UNALIGNED, gateOffset + 4L * i);
      float up = x.get(JAVA_FLOAT_UNALIGNED, upOffset + 4L * i);
      y.set(JAVA_FLOAT_UNALIGNED, yOffset + 4L * i, gate / (scratch[i] + 1f) * up);
    }
  }

  /** Computes {@code count} elements of both gradients. */
  public void backward(
      MemorySegment x,
      long gateOffset,
      long upOffset,
      MemorySegment dy,
      long dyOffset,
      MemorySegment dx,
      long dGateOffset,
      long dUpOffset,
      int count,
      float[] scratch) {
    exponentials(x, gateOffset, count, scratch);
    float threeCubic = 3 * cubic;
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      FloatVector gate = FloatVector.fromMemorySegment(F, x, gateOffset + 4L * i, LITTLE_ENDIAN);
      FloatVector up = FloatVector.fromMemorySegment(F, x, upOffset + 4L * i, LITTLE_ENDIAN);
      FloatVector d = FloatVector.fromMemorySegment(F, dy, dyOffset + 4L * i, LITTLE_ENDIAN);
      FloatVector one = FloatVector.broadcast(F, 1f);
      FloatVector sigmoid = one.div(FloatVector.fromArray(F, scratch, i).add(1f));
      FloatVector f = gate.mul(sigmoid);
      FloatVector inner = gate.mul(gate).mul(threeCubic).add(linear);
      FloatVector slope = one.sub(sigmoid).mul(f).mul(inner).add(sigmoid);
      d.mul(up).mul(slope).intoMemorySegment(dx, dGateOffset + 4L * i, LITTLE_ENDIAN);
      d.mul(f).intoMemorySegment(dx, dUpOffset + 4L * i, LITTLE_ENDIAN);
    }
    for (; i < count; i++) {
      float gate = x.get(JAVA_FLOAT_UNALIGNED, gateOffset + 4L * i);
      float up = x.get(JAVA_FLOAT_UNALIGNED, upOffset + 4L * i);
      float d = dy.get(JAVA_FLOAT_UNALIGNED, dyOffset + 4L * i);
      float sigmoid = 1f / (scratch[i] + 1f);
      float f = gate * sigmoid;
      float inner = gate * gate * threeCubic + linear;
      float slope = (1f - sigmoid) * f * inner + sigmoid;
      dx.set(JAVA_FLOAT_UNALIGNED, dGateOffset + 4L * i, d * up * slope);
      dx.set(JAVA_FLOAT_UNALIGNED, dUpOffset + 4L * i, d * f);
    }
  }

  private void exponentials(MemorySegment x, long gateOffset, int count, float[] e) {
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      FloatVector gate = FloatVector.fromMemorySegment(F, x, gateOffset + 4L * i, LITTLE_ENDIAN);
      gate.mul(gate).mul(-cubic).sub(linear).mul(gate).intoArray(e, i);
    }
    for (; i < count; i++) {
      float gate = x.get(JAVA_FLOAT_UNALIGNED, gateOffset + 4L * i);
      e[i] = (gate * gate * -cubic - linear) * gate;
    }
    Exponential.exp(e, 0, count);
  }
}
