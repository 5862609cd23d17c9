package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Rotary position embedding of a head (RoPE). Offsets into segments are in bytes. */
public final class RotaryKernel {
  private RotaryKernel() {}

  /**
   * Rotates the pairs (i, i + dim/2) of one head's first {@code dim} elements in place.
   *
   * @param cosines,sines dim/2 of each, from {@code angleOffset} on
   */
  public static void rotate(
      MemorySegment head,
      long headOffset,
      float[] cosines,
      float[] sines,
      int angleOffset,
      int dim) {
    int half = dim / 2;
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
}
