package dev.ridgepoint.engine.codecs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/**
 * GGUF's blocks in which every few numbers, a sub-block, share a scale s and perhaps a minimum m: a
 * number is {@code s * q - m}, of an integer q. Formats differ in where the bits of these lie.
 *
 * <p>Products of a scale and an integer have fewer than 24 bits, so that a number is rounded once
 * at most, and is bit for bit what ggml's {@code dequantize_row_*} makes of finite scales.
 */
public abstract class SubBlockDecoder implements RowDecoder {
  /** Numbers of a super-block: {@code QK_K} of ggml. */
  public static final int SUPER_BLOCK = 256;

  /** Numbers of a block that has no sub-blocks. */
  static final int BLOCK = 32;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int blockElements;
  private final int blockBytes;
  private final int subBlockElements;

  SubBlockDecoder(int blockElements, int blockBytes, int subBlockElements) {
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
    this.subBlockElements = subBlockElements;
  }

  @Override
  public final int blockElements() {
    return blockElements;
  }

  @Override
  public final int blockBytes() {
    return blockBytes;
  }

  /** The integer that a scale multiplies, of number {@code i} of the block at {@code block}. */
  public abstract int quant(MemorySegment source, long block, int i);

  /** The bits that are stored of that integer, from 0 on; the same where it has no offset. */
  public int bits(MemorySegment source, long block, int i) {
    return quant(source, block, i);
  }

  /** Where in a block its F16 numbers are, of which all scales and minima are multiples. */
  public abstract List<Integer> factorOffsets();

  /** What the integers of a sub-block are multiplied by. */
  abstract float scale(MemorySegment source, long block, int subBlock);

  /** What is subtracted from the products of a sub-block. */
  float minimum(MemorySegment source, long block, int subBlock) {
    return 0;
  }

  @Override
  public final void decode(
      MemorySegment source, long sourceOffset, int count, float[] target, int targetOffset) {
    long block = sourceOffset;
    for (int done = 0; done < count; done += blockElements) {
      for (int i = 0; i < blockElements; i += subBlockElements) {
        float scale = scale(source, block, i / subBlockElements);
        float minimum = minimum(source, block, i / subBlockElements);
        int to = targetOffset + done;
        for (int j = i; j < i + subBlockElements; j++) {
          target[to + j] = scale * quant(source, block, j) - minimum;
        }
      }
      block += blockBytes;
    }
  }

  /** An F16, widened. */
  static float half(MemorySegment source, long offset) {
    return Float.float16ToFloat(source.get(SHORT, offset));
  }

  /** A byte from 0 on. */
  static int unsigned(MemorySegment source, long offset) {
    return Byte.toUnsignedInt(source.get(JAVA_BYTE, offset));
  }

  /**
   * Of 32 integers of four bits in 16 bytes from {@code offset} on, the {@code i}th: byte i holds
   * number i in its lower half and number i + 16 in its upper half.
   */
  static int nibble(MemorySegment source, long offset, int i) {
    int half = BLOCK / 2;
    int pair = source.get(JAVA_BYTE, offset + i % half);
    return (i < half ? pair : pair >> 4) & 0xf;
  }
}
