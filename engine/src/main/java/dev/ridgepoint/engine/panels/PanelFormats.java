package dev.ridgepoint.engine.panels;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.codecs.Q4Codec;
import dev.ridgepoint.engine.codecs.Q8Codec;
import java.util.Optional;

/** The formats of packed panels. */
public final class PanelFormats {
  public static final KeyValueFormat F32 = new PanelsF32();
  public static final KeyValueFormat BF16 = new PanelsBf16();
  public static final TiledFormat F16 = new PanelsF16();
  static final QuantisedPanels Q8_0_PANELS =
      new QuantisedPanels(DType.Q8_0.decoder(), Q8Codec::quant, 8);
  public static final TiledFormat Q8_0 = Q8_0_PANELS;
  public static final TiledFormat Q4_0 =
      new QuantisedPanels(
          DType.Q4_0.decoder(),
          (row, block, i) -> Q4Codec.quant(row, block, i) - Q4Codec.ZERO_POINT,
          4);

  public static final TiledFormat Q5_0 = new PanelsQ5();
  public static final TiledFormat Q4_K = PanelsQ4K.ofFourBits();
  public static final TiledFormat Q5_K = PanelsQ4K.ofFiveBits();
  public static final TiledFormat Q6_K = new PanelsQ6K();

  private static final Optional<PageFormat> F32_PAGES = Optional.of(new PlainPages(F32));
  private static final Optional<PageFormat> BF16_PAGES = Optional.of(new PlainPages(BF16));
  private static final Optional<PageFormat> Q8_0_PAGES = Optional.of(new QuantisedPages());

  private PanelFormats() {}

  /**
   * The layout of packed panels of a type.
   *
   * @throws IllegalArgumentException if there are no panels of it: see {@link #packed}
   */
  public static TiledFormat of(DType dtype) {
    return switch (dtype) {
      case F32 -> F32;
      case BF16 -> BF16;
      case F16 -> F16;
      case Q8_0 -> Q8_0;
      case Q4_0 -> Q4_0;
      case Q5_0 -> Q5_0;
      case Q4_K -> Q4_K;
      case Q5_K -> Q5_K;
      case Q6_K -> Q6_K;
      case Q4_1, Q5_1, Q2_K, Q3_K, IQ4_NL, IQ4_XS, MXFP4 ->
          throw new IllegalArgumentException("there are no panels of " + dtype);
    };
  }

  /**
   * The type that matrices are packed in which are stored in a type: the same if there are panels
   * of it, or else the narrowest that holds all of its numbers exactly.
   */
  public static DType packed(DType stored) {
    return switch (stored) {
      case F32, BF16, F16, Q8_0, Q4_0, Q5_0, Q4_K, Q5_K, Q6_K -> stored;
      // A power of two times an integer up to 12.
      case MXFP4 -> DType.BF16;
      // An F16 times integers of up to 13 bits in all.
      case Q4_1, Q5_1, Q2_K, Q3_K, IQ4_NL, IQ4_XS -> DType.F32;
    };
  }

  /** How pages store keys and values of a type, if they do. */
  static Optional<PageFormat> ofPages(DType dtype) {
    return switch (dtype) {
      case F32 -> F32_PAGES;
      case BF16 -> BF16_PAGES;
      case Q8_0 -> Q8_0_PAGES;
      default -> Optional.empty();
    };
  }
}
