package dev.ridgepoint.engine.codecs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * GGUF's Q6_K: 256 integers of -32..31, their lower four bits in 128 bytes and their upper two in
 * 64, then signed 8-bit scales of sub-blocks of 16 and their F16 factor.
 *
 * <p>Of each 128 numbers byte i of 64 holds number i in its lower half and number i + 64 in its
 * upper half; the upper bits lie as the integers of {@link Q2KDecoder}.
 */
public final class Q6KDecoder extends SubBlockDecoder {
  /** Where the scales are. */
  public static final int SCALES_OFFSET = SUPER_BLOCK / 2 + SUPER_BLOCK / 4;

  /** Where their factor is. */
  public static final int FACTOR_OFFSET = SCALES_OFFSET + 16;

  private static final int HIGH_BITS_OFFSET = SUPER_BLOCK / 2;
  private static final int ZERO = 32;

  public Q6KDecoder() {
    super(SUPER_BLOCK, FACTOR_OFFSET + Short.BYTES, 16);
  }

  @Override
  public int quant(MemorySegment source, long block, int i) {
    return bits(source, block, i) - ZERO;
  }

  /** The six bits of number {@code i} of the block at {@code block}. */
  @Override
  public int bits(MemorySegment source, long block, int i) {
    int pair = unsigned(source, block + i / 128 * 64 + i % 64);
    int low = i % 128 < 64 ? pair & 0xf : pair >> 4;
    return low | Q2KDecoder.twoBits(source, block + HIGH_BITS_OFFSET, i) << 4;
  }

  @Override
  public List<Integer> factorOffsets() {
    return List.of(FACTOR_OFFSET);
  }

  @Override
  float scale(MemorySegment source, long block, int subBlock) {
    return half(source, block + FACTOR_OFFSET)
        * source.get(JAVA_BYTE, block + SCALES_OFFSET + subBlock);
  }
}
