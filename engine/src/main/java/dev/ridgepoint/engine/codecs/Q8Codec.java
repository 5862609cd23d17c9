package dev.ridgepoint.engine.codecs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * GGUF's Q8_0: 32 signed bytes q behind an F16 scale d; a number is {@code d * q}.
 *
 * <p>Bit for bit what ggml's {@code quantize_row_q8_0_ref} writes for finite numbers: d is the
 * greatest magnitude over 127, and q is rounded to the nearest, ties away from zero, with the scale
 * from before its own rounding to F16.
 */
public final class Q8Codec implements IntegerBlockCodec {
  /** Numbers of one block. */
  public static final int BLOCK_ELEMENTS = 32;

  /** Where a block's numbers begin, after its scale. */
  private static final int QUANTS_OFFSET = Short.BYTES;

  /** Bytes of one block. */
  public static final int BLOCK_BYTES = QUANTS_OFFSET + BLOCK_ELEMENTS;

  private static final ValueLayout.OfShort SCALE =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int GREATEST = 127;

  @Override
  public int blockElements() {
    return BLOCK_ELEMENTS;
  }

  @Override
  public int blockBytes() {
    return BLOCK_BYTES;
  }

  @Override
  public boolean holds(float magnitude) {
    return F16Codec.isFinite(magnitude / GREATEST);
  }

  @Override
  public void encode(
      float[] source, int sourceOffset, int count, MemorySegment target, long targetOffset) {
    long block = targetOffset;
    for (int from = sourceOffset; from < sourceOffset + count; from += BLOCK_ELEMENTS) {
      float scale = scale(source, from);
      float inverse = inverse(scale);
      target.set(SCALE, block, Float.floatToFloat16(scale));
      for (int i = 0; i < BLOCK_ELEMENTS; i++) {
        target.set(JAVA_BYTE, block + QUANTS_OFFSET + i, rounded(source[from + i] * inverse));
      }
      block += BLOCK_BYTES;
    }
  }

  @Override
  public int least() {
    return Byte.MIN_VALUE;
  }

  @Override
  public int greatest() {
    return Byte.MAX_VALUE;
  }

  @Override
  public void writeBlock(short scale, int[] integers, MemorySegment target, long offset) {
    target.set(SCALE, offset, scale);
    for (int i = 0; i < BLOCK_ELEMENTS; i++) {
      target.set(JAVA_BYTE, offset + QUANTS_OFFSET + i, (byte) integers[i]);
    }
  }

  @Override
  public short readBlock(MemorySegment source, long offset, int[] integers) {
    for (int i = 0; i < BLOCK_ELEMENTS; i++) {
      integers[i] = quant(source, offset, i);
    }
    return source.get(SCALE, offset);
  }

  /** The scale of the block of {@link #BLOCK_ELEMENTS} numbers from {@code from} on. */
  public static float scale(float[] source, int from) {
    float greatest = 0;
    for (int i = 0; i < BLOCK_ELEMENTS; i++) {
      greatest = Math.max(greatest, Math.abs(source[from + i]));
    }
    return greatest / GREATEST;
  }

  /** What numbers of a block with a scale are multiplied with before they are {@link #rounded}. */
  public static float inverse(float scale) {
    return scale == 0 ? 0 : 1 / scale;
  }

  /** To the nearest, ties away from zero; in double, where adding one half is exact. */
  public static byte rounded(float value) {
    return (byte) (value + Math.copySign(0.5, value));
  }

  /** The q of number {@code i} of the block at {@code block}. */
  public static int quant(MemorySegment source, long block, int i) {
    return source.get(JAVA_BYTE, block + QUANTS_OFFSET + i);
  }

  @Override
  public void decode(
      MemorySegment source, long sourceOffset, int count, float[] target, int targetOffset) {
    long block = sourceOffset;
    for (int to = targetOffset; to < targetOffset + count; to += BLOCK_ELEMENTS) {
      float scale = Float.float16ToFloat(source.get(SCALE, block));
      for (int i = 0; i < BLOCK_ELEMENTS; i++) {
        target[to + i] = scale * quant(source, block, i);
      }
      block += BLOCK_BYTES;
    }
  }
}
