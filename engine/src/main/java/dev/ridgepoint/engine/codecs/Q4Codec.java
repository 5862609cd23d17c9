package dev.ridgepoint.engine.codecs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * GGUF's Q4_0: 32 integers q of 0..15 in 16 bytes behind an F16 scale d; a number is {@code d * (q
 * - 8)}. Byte i holds number i in its lower half and number i + 16 in its upper half.
 *
 * <p>Bit for bit what ggml's {@code quantize_row_q4_0_ref} writes for finite numbers.
 */
public final class Q4Codec extends OffsetBlockCodec {
  /** Where a block's numbers begin, after its scale. */
  public static final int QUANTS_OFFSET = Short.BYTES;

  /** Bytes of one block. */
  public static final int BLOCK_BYTES = QUANTS_OFFSET + BLOCK_ELEMENTS / 2;

  /** The q that stands for zero. */
  public static final int ZERO_POINT = 8;

  private static final ValueLayout.OfShort SCALE =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int HALF = BLOCK_ELEMENTS / 2;
  private static final int GREATEST = 15;

  public Q4Codec() {
    super(ZERO_POINT);
  }

  @Override
  public int blockBytes() {
    return BLOCK_BYTES;
  }

  @Override
  public void writeBlock(short scale, int[] integers, MemorySegment target, long offset) {
    target.set(SCALE, offset, scale);
    for (int i = 0; i < HALF; i++) {
      int pair = (integers[i] + ZERO_POINT) | (integers[HALF + i] + ZERO_POINT) << 4;
      target.set(JAVA_BYTE, offset + QUANTS_OFFSET + i, (byte) pair);
    }
  }

  @Override
  public short readBlock(MemorySegment source, long offset, int[] integers) {
    for (int i = 0; i < BLOCK_ELEMENTS; i++) {
      integers[i] = quant(source, offset, i) - ZERO_POINT;
    }
    return source.get(SCALE, offset);
  }

  /** The q of number {@code i} of the block at {@code block}, 0..15. */
  public static int quant(MemorySegment source, long block, int i) {
    int pair = source.get(JAVA_BYTE, block + QUANTS_OFFSET + i % HALF);
    return (i < HALF ? pair : pair >> 4) & GREATEST;
  }

  @Override
  public void decode(
      MemorySegment source, long sourceOffset, int count, float[] target, int targetOffset) {
    long block = sourceOffset;
    for (int to = targetOffset; to < targetOffset + count; to += BLOCK_ELEMENTS) {
      float scale = Float.float16ToFloat(source.get(SCALE, block));
      for (int i = 0; i < HALF; i++) {
        int pair = source.get(JAVA_BYTE, block + QUANTS_OFFSET + i);
        target[to + i] = scale * ((pair & 0xf) - ZERO_POINT);
        target[to + HALF + i] = scale * ((pair >> 4 & 0xf) - ZERO_POINT);
      }
      block += BLOCK_BYTES;
    }
  }
}
