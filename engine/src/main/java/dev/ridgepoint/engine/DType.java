package dev.ridgepoint.engine;

import dev.ridgepoint.engine.codecs.Bf16Codec;
import dev.ridgepoint.engine.codecs.F16Codec;
import dev.ridgepoint.engine.codecs.F32Codec;
import dev.ridgepoint.engine.codecs.Q4Codec;
import dev.ridgepoint.engine.codecs.Q5Codec;
import dev.ridgepoint.engine.codecs.Q8Codec;
import dev.ridgepoint.engine.codecs.RowCodec;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How the elements of a tensor are stored. Constants are spelt as in safetensors and GGUF. */
public enum DType {
  /** IEEE 754 single precision. */
  F32(new F32Codec()),
  /** IEEE 754 half precision. */
  F16(new F16Codec()),
  /** The upper half of an {@link #F32}: 8 exponent bits, 7 stored mantissa bits. */
  BF16(new Bf16Codec()),
  /** GGUF's blocks of 32 8-bit integers with an {@link #F16} scale: 34 bytes. */
  Q8_0(new Q8Codec()),
  /** GGUF's blocks of 32 4-bit integers with an {@link #F16} scale: 18 bytes. */
  Q4_0(new Q4Codec()),
  /** GGUF's blocks of 32 5-bit integers with an {@link #F16} scale: 22 bytes. */
  Q5_0(new Q5Codec());

  @SuppressWarnings("ImmutableEnumChecker") // codecs have no state
  private final RowCodec codec;

  DType(RowCodec codec) {
    this.codec = codec;
  }

  /** The type of this exact name, if there is one. */
  public static Optional<DType> named(String name) {
    return Arrays.stream(values()).filter(dtype -> dtype.name().equals(name)).findFirst();
  }

  /** Turns rows of floats into this type and back. */
  public RowCodec codec() {
    return codec;
  }

  /** Elements that are stored together, and of which a row has a whole multiple; most often 1. */
  public int blockElements() {
    return codec.blockElements();
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
          String.format(
              Locale.ROOT,
              "%d elements are no whole number of %s blocks of %d",
              elements,
              this,
              blockElements()));
    }
    return Math.multiplyExact(elements / blockElements(), (long) codec.blockBytes());
  }
}
