package dev.ridgepoint.engine;

import dev.ridgepoint.engine.codecs.Bf16Codec;
import dev.ridgepoint.engine.codecs.F16Codec;
import dev.ridgepoint.engine.codecs.F32Codec;
import dev.ridgepoint.engine.codecs.MinimumDecoder;
import dev.ridgepoint.engine.codecs.Q2KDecoder;
import dev.ridgepoint.engine.codecs.Q3KDecoder;
import dev.ridgepoint.engine.codecs.Q4Codec;
import dev.ridgepoint.engine.codecs.Q4KDecoder;
import dev.ridgepoint.engine.codecs.Q5Codec;
import dev.ridgepoint.engine.codecs.Q6KDecoder;
import dev.ridgepoint.engine.codecs.Q8Codec;
import dev.ridgepoint.engine.codecs.RowCodec;
import dev.ridgepoint.engine.codecs.RowDecoder;
import dev.ridgepoint.engine.codecs.TableDecoder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How the elements of a tensor are stored. Constants are spelt as in safetensors and GGUF. Numbers
 * are read in all of these, and rounded to those that have a {@link #codec}.
 */
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
  Q5_0(new Q5Codec()),
  /** GGUF's blocks of 32 4-bit integers with an {@link #F16} scale and minimum: 20 bytes. */
  Q4_1(MinimumDecoder.ofFourBits()),
  /** GGUF's blocks of 32 5-bit integers with an {@link #F16} scale and minimum: 24 bytes. */
  Q5_1(MinimumDecoder.ofFiveBits()),
  /** GGUF's blocks of 256 2-bit integers with scales and minima of every 16: 84 bytes. */
  Q2_K(new Q2KDecoder()),
  /** GGUF's blocks of 256 3-bit integers with scales of every 16: 110 bytes. */
  Q3_K(new Q3KDecoder()),
  /** GGUF's blocks of 256 4-bit integers with scales and minima of every 32: 144 bytes. */
  Q4_K(Q4KDecoder.ofFourBits()),
  /** GGUF's blocks of 256 5-bit integers with scales and minima of every 32: 176 bytes. */
  Q5_K(Q4KDecoder.ofFiveBits()),
  /** GGUF's blocks of 256 6-bit integers with scales of every 16: 210 bytes. */
  Q6_K(new Q6KDecoder()),
  /** GGUF's blocks of 32 indices of 16 values with an {@link #F16} scale: 18 bytes. */
  IQ4_NL(TableDecoder.nonLinear()),
  /** GGUF's blocks of 256 indices of 16 values with scales of every 32: 136 bytes. */
  IQ4_XS(TableDecoder.nonLinearSuperBlocks()),
  /** Blocks of 32 4-bit floats with a power of two as their scale: 17 bytes. */
  MXFP4(TableDecoder.microscaling());

  @SuppressWarnings("ImmutableEnumChecker") // decoders have no state
  private final RowDecoder decoder;

  private static final List<DType> ENCODED =
      Arrays.stream(values()).filter(DType::isEncoded).toList();

  DType(RowDecoder decoder) {
    this.decoder = decoder;
  }

  /** The type of this exact name, if there is one. */
  public static Optional<DType> named(String name) {
    return Arrays.stream(values()).filter(dtype -> dtype.name().equals(name)).findFirst();
  }

  /** The types that numbers can be rounded to: those with a {@link #codec}. */
  public static List<DType> encoded() {
    return ENCODED;
  }

  /** Whether numbers can be rounded to this type, not only read in it. */
  public boolean isEncoded() {
    return decoder instanceof RowCodec;
  }

  /** Turns rows of this type into floats. */
  public RowDecoder decoder() {
    return decoder;
  }

  /**
   * Turns rows of floats into this type and back.
   *
   * @throws IllegalStateException if it is only read: see {@link #isEncoded}
   */
  public RowCodec codec() {
    if (decoder instanceof RowCodec codec) {
      return codec;
    }
    throw new IllegalStateException("numbers are read as " + this + ", but not rounded to it");
  }

  /** Elements that are stored together, and of which a row has a whole multiple; most often 1. */
  public int blockElements() {
    return decoder.blockElements();
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
    return Math.multiplyExact(elements / blockElements(), (long) decoder.blockBytes());
  }
}
