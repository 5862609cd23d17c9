package dev.ridgepoint.engine.codecs;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * GGUF's Q3_K: 256 integers of -4..3, of which 32 bytes hold the highest bits and 64 the other two,
 * 12 bytes with the scales, -32..31, of sub-blocks of 16, and their F16 factor.
 *
 * <p>The lower bits lie as in {@link Q2KDecoder}; bit j of byte i of the others is that of number
 * 32 j + i. Of a scale i the lower four bits are in byte i, or in the upper half of byte i - 8, and
 * the upper two in byte 8 + i % 4.
 */
public final class Q3KDecoder extends SubBlockDecoder {
  private static final int LOW_BITS_OFFSET = 32;
  private static final int SCALES_OFFSET = LOW_BITS_OFFSET + SUPER_BLOCK / 4;
  private static final int FACTOR_OFFSET = SCALES_OFFSET + 12;
  private static final int QUANT_ZERO = 4;
  private static final int SCALE_ZERO = 32;

  public Q3KDecoder() {
    super(SUPER_BLOCK, FACTOR_OFFSET + Short.BYTES, 16);
  }

  @Override
  public int quant(MemorySegment source, long block, int i) {
    int high = unsigned(source, block + i % 32) >> (i / 32) & 1;
    return (Q2KDecoder.twoBits(source, block + LOW_BITS_OFFSET, i) | high << 2) - QUANT_ZERO;
  }

  @Override
  public List<Integer> factorOffsets() {
    return List.of(FACTOR_OFFSET);
  }

  @Override
  float scale(MemorySegment source, long block, int subBlock) {
    long scales = block + SCALES_OFFSET;
    int low = unsigned(source, scales + subBlock % 8) >> (subBlock / 8 * 4) & 0xf;
    int high = unsigned(source, scales + 8 + subBlock % 4) >> (subBlock / 4 * 2) & 3;
    return half(source, block + FACTOR_OFFSET) * ((low | high << 4) - SCALE_ZERO);
  }
}
