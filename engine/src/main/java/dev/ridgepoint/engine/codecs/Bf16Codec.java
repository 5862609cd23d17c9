package dev.ridgepoint.engine.codecs;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** bfloat16, rounded to the nearest, ties to even. */
public final class Bf16Codec implements RowCodec {
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
    return true;
  }

  @Override
  public void encode(
      float[] source, int sourceOffset, int count, MemorySegment target, long targetOffset) {
    for (int i = 0; i < count; i++) {
      target.set(NUMBER, targetOffset + 2L * i, Bfloat16.fromFloat(source[sourceOffset + i]));
    }
  }

  @Override
  public void decode(
      MemorySegment source, long sourceOffset, int count, float[] target, int targetOffset) {
    for (int i = 0; i < count; i++) {
      target[targetOffset + i] = Bfloat16.toFloat(source.get(NUMBER, sourceOffset + 2L * i));
    }
  }
}
