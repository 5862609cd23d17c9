package dev.ridgepoint.engine.codecs;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * GGUF's Q4_K and Q5_K: an F16 factor of the scales and one of the minima, 12 bytes with both of
 * sub-blocks of 32, six bits each; then, in Q5_K alone, the fifth bits of 256 integers, bit j of
 * byte i that of number 32 j + i; then their lower four bits: of each 64 numbers byte i holds
 * number i in its lower half and number i + 32 in its upper half.
 *
 * <p>Of the 12 bytes the first four hold the scales of sub-blocks 0 to 3 and the next four their
 * minima, in their lower six bits. The last four hold the lower four bits of the others' scales
 * and, in their upper halves, minima; the upper two bits of these are those of the first eight
 * bytes.
 */
public final class Q4KDecoder extends SubBlockDecoder {
  private static final int SCALES_OFFSET = 2 * Short.BYTES;

  private static final int MINIMUM_FACTOR_OFFSET = Short.BYTES;
  private static final int SUB_BLOCK = 32;
  private static final int HIGH_BITS_OFFSET = SCALES_OFFSET + 12;

  private final boolean hasHighBits;
  private final int nibblesOffset;

  private Q4KDecoder(boolean hasHighBits, int nibblesOffset) {
    super(SUPER_BLOCK, nibblesOffset + SUPER_BLOCK / 2, SUB_BLOCK);
    this.hasHighBits = hasHighBits;
    this.nibblesOffset = nibblesOffset;
  }

  /** Q4_K. */
  public static Q4KDecoder ofFourBits() {
    return new Q4KDecoder(false, HIGH_BITS_OFFSET);
  }

  /** Q5_K. */
  public static Q4KDecoder ofFiveBits() {
    return new Q4KDecoder(true, HIGH_BITS_OFFSET + SUPER_BLOCK / Byte.SIZE);
  }

  @Override
  public int quant(MemorySegment source, long block, int i) {
    int inGroup = i % (2 * SUB_BLOCK);
    long pairs = block + nibblesOffset + i / (2 * SUB_BLOCK) * SUB_BLOCK;
    int pair = unsigned(source, pairs + inGroup % SUB_BLOCK);
    int low = inGroup < SUB_BLOCK ? pair & 0xf : pair >> 4;
    if (!hasHighBits) {
      return low;
    }
    int high = unsigned(source, block + HIGH_BITS_OFFSET + i % SUB_BLOCK) >> (i / SUB_BLOCK) & 1;
    return low | high << 4;
  }

  @Override
  public List<Integer> factorOffsets() {
    return List.of(0, MINIMUM_FACTOR_OFFSET);
  }

  @Override
  float scale(MemorySegment source, long block, int subBlock) {
    return half(source, block) * scaleBits(source, block, subBlock);
  }

  @Override
  float minimum(MemorySegment source, long block, int subBlock) {
    return half(source, block + MINIMUM_FACTOR_OFFSET) * minimumBits(source, block, subBlock);
  }

  /** What the factor of the scales is multiplied by, 0..63. */
  public int scaleBits(MemorySegment source, long block, int subBlock) {
    return sixBits(source, block + SCALES_OFFSET, subBlock, 0);
  }

  /** What the factor of the minima is multiplied by, 0..63. */
  public int minimumBits(MemorySegment source, long block, int subBlock) {
    return sixBits(source, block + SCALES_OFFSET, subBlock, 4);
  }

  /**
   * A scale or a minimum.
   *
   * @param first 0 of scales, 4 of minima: the byte of the first of them, and the bit of the last
   */
  private static int sixBits(MemorySegment source, long scales, int subBlock, int first) {
    int upper = unsigned(source, scales + first + subBlock % 4);
    if (subBlock < 4) {
      return upper & 0x3f;
    }
    int lower = unsigned(source, scales + 4 + subBlock) >> first & 0xf;
    return lower | upper >> 6 << 4;
  }
}
