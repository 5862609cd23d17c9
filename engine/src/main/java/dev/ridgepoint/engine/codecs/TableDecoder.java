package dev.ridgepoint.engine.codecs;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * GGUF's formats whose four bits are an index into 16 values: IQ4_NL, IQ4_XS and MXFP4 (Rouhani et
 * al. 2023, arXiv:2310.10537). Of 32 numbers the bits lie as those of {@link Q4Codec}.
 */
public abstract class TableDecoder extends SubBlockDecoder {
  /** ggml's {@code kvalues_iq4nl}. */
  private static final int[] NON_LINEAR = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  /** 4-bit floats with two bits of exponent and one of mantissa (E2M1), twice as large. */
  private static final int[] E2M1 = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

  private final int[] values;
  private final int indexesOffset;

  private final List<Integer> factorOffsets;

  private TableDecoder(
      int[] values, int blockElements, int indexesOffset, List<Integer> factorOffsets) {
    super(blockElements, indexesOffset + blockElements / 2, BLOCK);
    this.values = values;
    this.indexesOffset = indexesOffset;
    this.factorOffsets = factorOffsets;
  }

  @Override
  public List<Integer> factorOffsets() {
    return factorOffsets;
  }

  @Override
  public int quant(MemorySegment source, long block, int i) {
    return values[nibble(source, block + indexesOffset + i / BLOCK * (BLOCK / 2), i % BLOCK)];
  }

  /** IQ4_NL: blocks of 32 with an F16 scale. */
  public static TableDecoder nonLinear() {
    return new TableDecoder(NON_LINEAR, BLOCK, Short.BYTES, List.of(0)) {
      @Override
      float scale(MemorySegment source, long block, int subBlock) {
        return half(source, block);
      }
    };
  }

  /**
   * IQ4_XS: blocks of 256 with an F16 factor of the scales, -32..31, of sub-blocks of 32: the upper
   * two bits of all in two bytes, then the lower four bits of two in each byte.
   */
  public static TableDecoder nonLinearSuperBlocks() {
    int highBitsOffset = Short.BYTES;
    int lowBitsOffset = 2 * Short.BYTES;
    int zero = 32;
    return new TableDecoder(NON_LINEAR, SUPER_BLOCK, lowBitsOffset + 4, List.of(0)) {
      @Override
      float scale(MemorySegment source, long block, int subBlock) {
        int low =
            unsigned(source, block + lowBitsOffset + subBlock / 2) >> (subBlock % 2 * 4) & 0xf;
        int high =
            unsigned(source, block + highBitsOffset + subBlock / 4) >> (subBlock % 4 * 2) & 3;
        return half(source, block) * ((low | high << 4) - zero);
      }
    };
  }

  /**
   * MXFP4: blocks of 32 behind a byte e, whose scale 2^(e - 127) is halved as values are doubled.
   */
  public static TableDecoder microscaling() {
    int halvedBias = 128;
    return new TableDecoder(E2M1, BLOCK, Byte.BYTES, List.of()) {
      @Override
      float scale(MemorySegment source, long block, int subBlock) {
        return Math.scalb(1f, unsigned(source, block) - halvedBias);
      }
    };
  }
}
