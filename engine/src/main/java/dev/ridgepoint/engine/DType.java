package dev.ridgepoint.engine;

import dev.ridgepoint.engine.codecs.RowCodec;

/** How the elements of a tensor are stored. */
public enum DType {
  /** IEEE 754 single precision. */
  F32,
  /** The upper half of an {@link #F32}: 8 exponent bits, 7 stored mantissa bits. */
  BF16,
  /** IEEE 754 half precision. */
  F16,
  /** GGUF's blocks of 32 8-bit integers with an {@link #F16} scale: 34 bytes. */
  Q8_0,
  /** GGUF's blocks of 32 4-bit integers with an {@link #F16} scale: 18 bytes. */
  Q4_0;

  /** Turns rows of floats into this type and back. */
  public RowCodec codec() {
    return switch (this) {
      case F32 -> RowCodec.F32;
      case BF16 -> RowCodec.BF16;
      case F16 -> RowCodec.F16;
      case Q8_0 -> RowCodec.Q8_0;
      case Q4_0 -> RowCodec.Q4_0;
    };
  }

  /** Elements that are stored together, and of which a row has a whole multiple; most often 1. */
  public int blockElements() {
    return codec().blockElements();
  }

  /** Whether a block shares a scale, so that elements are not stored each for itself. */
  public boolean isQuantised() {
    return blockElements() > 1;
  }

  /**
   * Bytes of {@code elements} elements, scales included.
   *
   * @throws IllegalArgumentException if they are no whole number of blocks
   * @throws ArithmeticException beyond 2^63
   */
  public long bytes(long elements) {
    if (elements % blockElements() != 0) {
      throw new IllegalArgumentException(
          "%d elements are no whole number of %s blocks of %d"
              .formatted(elements, this, blockElements()));
    }
    return Math.multiplyExact(elements / blockElements(), (long) codec().blockBytes());
  }
}
