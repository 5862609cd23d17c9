package dev.ridgepoint.engine.codecs;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * GGUF's Q4_1 and Q5_1: 32 integers q from 0 on behind an F16 scale d and an F16 minimum m; a
 * number is {@code d * q + m}. Their bits lie as those of {@link Q4Codec} and {@link Q5Codec}.
 */
public final class MinimumDecoder extends SubBlockDecoder {
  private static final int MINIMUM_OFFSET = Short.BYTES;
  private static final int HIGH_BITS_OFFSET = 2 * Short.BYTES;
  private final boolean hasHighBits;
  private final int nibblesOffset;

  private MinimumDecoder(boolean hasHighBits, int nibblesOffset) {
    super(BLOCK, nibblesOffset + BLOCK / 2, BLOCK);
    this.hasHighBits = hasHighBits;
    this.nibblesOffset = nibblesOffset;
  }

  /** Q4_1. */
  public static MinimumDecoder ofFourBits() {
    return new MinimumDecoder(false, HIGH_BITS_OFFSET);
  }

  /** Q5_1. */
  public static MinimumDecoder ofFiveBits() {
    return new MinimumDecoder(true, HIGH_BITS_OFFSET + BLOCK / Byte.SIZE);
  }

  @Override
  public int quant(MemorySegment source, long block, int i) {
    int low = nibble(source, block + nibblesOffset, i);
    return hasHighBits ? low | highBit(source, block + HIGH_BITS_OFFSET, i) << 4 : low;
  }

  private static int highBit(MemorySegment source, long bits, int i) {
    return unsigned(source, bits + i / Byte.SIZE) >> (i % Byte.SIZE) & 1;
  }

  @Override
  public List<Integer> factorOffsets() {
    return List.of(0, MINIMUM_OFFSET);
  }

  @Override
  float scale(MemorySegment source, long block, int subBlock) {
    return half(source, block);
  }

  @Override
  float minimum(MemorySegment source, long block, int subBlock) {
    return -half(source, block + MINIMUM_OFFSET);
  }
}
