package dev.ridgepoint.engine.codecs;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** IEEE 754 single precision: nothing is lost. */
public final class F32Codec implements RowCodec {
  private static final ValueLayout.OfFloat NUMBER =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public int blockElements() {
    return 1;
  }

  @Override
  public int blockBytes() {
    return Float.BYTES;
  }

  @Override
  public boolean holds(float magnitude) {
    return true;
  }

  @Override
  public void encode(
      float[] source, int sourceOffset, int count, MemorySegment target, long targetOffset) {
    MemorySegment.copy(source, sourceOffset, target, NUMBER, targetOffset, count);
  }

  @Override
  public void decode(
      MemorySegment source, long sourceOffset, int count, float[] target, int targetOffset) {
    MemorySegment.copy(source, NUMBER, sourceOffset, target, targetOffset, count);
  }
}
