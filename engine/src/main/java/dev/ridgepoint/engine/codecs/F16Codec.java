package dev.ridgepoint.engine.codecs;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** IEEE 754 half precision, rounded to the nearest, ties to even; beyond 65504 to infinity. */
public final class F16Codec implements RowCodec {
  private static final ValueLayout.OfShort NUMBER =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public int blockElements() {
    return 1;
  }

  @Override
  public int blockBytes() {
    return Short.BYTES;
  }

  @Override
  public boolean holds(float magnitude) {
    return isFinite(magnitude);
  }

  /** Whether a number is finite once it is rounded to F16. */
  static boolean isFinite(float value) {
    return Float.isFinite(Float.float16ToFloat(Float.floatToFloat16(value)));
  }

  @Override
  public void encode(
      float[] source, int sourceOffset, int count, MemorySegment target, long targetOffset) {
    for (int i = 0; i < count; i++) {
      target.set(NUMBER, targetOffset + 2L * i, Float.floatToFloat16(source[sourceOffset + i]));
    }
  }

  @Override
  public void decode(
      MemorySegment source, long sourceOffset, int count, float[] target, int targetOffset) {
    for (int i = 0; i < count; i++) {
      target[targetOffset + i] = Float.float16ToFloat(source.get(NUMBER, sourceOffset + 2L * i));
    }
  }
}
