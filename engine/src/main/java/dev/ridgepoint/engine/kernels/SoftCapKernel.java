package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.VectorMath.TANH;
import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Keeps numbers between two bounds by a hyperbolic tangent. */
public final class SoftCapKernel {
  private SoftCapKernel() {}

  /** {@code x = cap * tanh(x / cap)}; the offset is in bytes. */
  public static void cap(MemorySegment x, long offset, float cap, int count) {
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      FloatVector.fromMemorySegment(F, x, offset + 4L * i, LITTLE_ENDIAN)
          .div(cap)
          .lanewise(TANH)
          .mul(cap)
          .intoMemorySegment(x, offset + 4L * i, LITTLE_ENDIAN);
    }
    for (; i < count; i++) {
      float a = x.get(JAVA_FLOAT_UNALIGNED, offset + 4L * i);
      x.set(JAVA_FLOAT_UNALIGNED, offset + 4L * i, cap * (float) Math.tanh(a / cap));
    }
  }

  /**
   * {@code x = cap * tanh(scale * x / cap)}.
   *
   * @param count a multiple of LENGTH
   */
  public static void cap(float[] x, int offset, float scale, float cap, int count) {
    for (int i = 0; i < count; i += LENGTH) {
      FloatVector.fromArray(F, x, offset + i)
          .mul(scale)
          .div(cap)
          .lanewise(TANH)
          .mul(cap)
          .intoArray(x, offset + i);
    }
  }
}
