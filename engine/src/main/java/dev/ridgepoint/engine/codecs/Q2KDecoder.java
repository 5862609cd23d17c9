package dev.ridgepoint.engine.codecs;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * GGUF's Q2_K: 16 bytes with the scale of a sub-block of 16 in the lower and its minimum in the
 * upper half, 256 integers of two bits, an F16 factor of the scales and one of the minima.
 *
 * <p>Each half of the integers has 32 bytes: byte i holds number i of the half in its lowest bits,
 * then numbers i + 32, i + 64 and i + 96.
 */
public final class Q2KDecoder extends SubBlockDecoder {
  private static final int QUANTS_OFFSET = 16;
  private static final int FACTOR_OFFSET = QUANTS_OFFSET + SUPER_BLOCK / 4;
  private static final int MINIMUM_FACTOR_OFFSET = FACTOR_OFFSET + Short.BYTES;

  public Q2KDecoder() {
    super(SUPER_BLOCK, MINIMUM_FACTOR_OFFSET + Short.BYTES, 16);
  }

  @Override
  public int quant(MemorySegment source, long block, int i) {
    return twoBits(source, block + QUANTS_OFFSET, i);
  }

  /** Of integers of two bits from {@code offset} on, the {@code i}th. */
  static int twoBits(MemorySegment source, long offset, int i) {
    return unsigned(source, offset + i / 128 * 32 + i % 32) >> (i % 128 / 32 * 2) & 3;
  }

  @Override
  public List<Integer> factorOffsets() {
    return List.of(FACTOR_OFFSET, MINIMUM_FACTOR_OFFSET);
  }

  @Override
  float scale(MemorySegment source, long block, int subBlock) {
    return half(source, block + FACTOR_OFFSET) * (unsigned(source, block + subBlock) & 0xf);
  }

  @Override
  float minimum(MemorySegment source, long block, int subBlock) {
    return half(source, block + MINIMUM_FACTOR_OFFSET) * (unsigned(source, block + subBlock) >> 4);
  }
}
