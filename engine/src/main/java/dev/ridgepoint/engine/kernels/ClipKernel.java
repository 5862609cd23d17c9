package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Keeps numbers between two bounds by cutting them off. */
public final class ClipKernel {
  private ClipKernel() {}

  /** {@code x = max(-bound, min(bound, x))}; the offset is in bytes. */
  public static void clip(MemorySegment x, long offset, float bound, int count) {
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      FloatVector.fromMemorySegment(F, x, offset + 4L * i, LITTLE_ENDIAN)
          .min(bound)
          .max(-bound)
          .intoMemorySegment(x, offset + 4L * i, LITTLE_ENDIAN);
    }
    for (; i < count; i++) {
      float a = x.get(JAVA_FLOAT_UNALIGNED, offset + 4L * i);
      x.set(JAVA_FLOAT_UNALIGNED, offset + 4L * i, Math.max(-bound, Math.min(bound, a)));
    }
  }
}
