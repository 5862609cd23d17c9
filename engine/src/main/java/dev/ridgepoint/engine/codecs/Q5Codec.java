package dev.ridgepoint.engine.codecs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * GGUF's Q5_0: 32 integers q of 0..31 behind an F16 scale d; a number is {@code d * (q - 16)}.
 * After the scale come 4 bytes with the fifth bits, number i's at bit i, then 16 with the lower
 * four bits of each: byte i holds number i in its lower half and number i + 16 in its upper half.
 *
 * <p>Bit for bit what ggml's {@code quantize_row_q5_0_ref} writes for finite numbers.
 */
public final class Q5Codec extends OffsetBlockCodec {
  /** The q that stands for zero. */
  public static final int ZERO_POINT = 16;

  private static final int HALF = BLOCK_ELEMENTS / 2;
  private static final int HIGH_BITS_OFFSET = Short.BYTES;
  private static final int NIBBLES_OFFSET = HIGH_BITS_OFFSET + Integer.BYTES;
  private static final int BLOCK_BYTES = NIBBLES_OFFSET + HALF;

  private static final ValueLayout.OfShort SCALE =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt HIGH_BITS =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  public Q5Codec() {
    super(ZERO_POINT);
  }

  @Override
  public int blockBytes() {
    return BLOCK_BYTES;
  }

  private static int highBits(int low, int high, int i) {
    return (low >> 4) << i | (high >> 4) << (HALF + i);
  }

  @Override
  public void writeBlock(short scale, int[] integers, MemorySegment target, long offset) {
    int highBits = 0;
    for (int i = 0; i < HALF; i++) {
      int low = integers[i] + ZERO_POINT;
      int high = integers[HALF + i] + ZERO_POINT;
      highBits |= highBits(low, high, i);
      target.set(JAVA_BYTE, offset + NIBBLES_OFFSET + i, (byte) ((low & 0xf) | high << 4));
    }
    target.set(SCALE, offset, scale);
    target.set(HIGH_BITS, offset + HIGH_BITS_OFFSET, highBits);
  }

  @Override
  public short readBlock(MemorySegment source, long offset, int[] integers) {
    for (int i = 0; i < BLOCK_ELEMENTS; i++) {
      integers[i] = quant(source, offset, i) - ZERO_POINT;
    }
    return source.get(SCALE, offset);
  }

  /** The q of number {@code i} of the block at {@code block}, 0..31. */
  public static int quant(MemorySegment source, long block, int i) {
    int pair = source.get(JAVA_BYTE, block + NIBBLES_OFFSET + i % HALF);
    int highBits = source.get(HIGH_BITS, block + HIGH_BITS_OFFSET);
    return ((i < HALF ? pair : pair >> 4) & 0xf) | ((highBits >>> i) & 1) << 4;
  }

  @Override
  public void decode(
      MemorySegment source, long sourceOffset, int count, float[] target, int targetOffset) {
    long block = sourceOffset;
    for (int to = targetOffset; to < targetOffset + count; to += BLOCK_ELEMENTS) {
      float scale = Float.float16ToFloat(source.get(SCALE, block));
      for (int i = 0; i < BLOCK_ELEMENTS; i++) {
        target[to + i] = scale * (quant(source, block, i) - ZERO_POINT);
      }
      block += BLOCK_BYTES;
    }
  }
}
