package dev.ridgepoint.engine.codecs;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** IEEE 754 half precision, rounded to the nearest, ties to even; beyond 65504 to infinity. */
final class F16Codec implements RowCodec {
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
