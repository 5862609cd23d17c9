package dev.ridgepoint.engine.panels;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.codecs.Q4Codec;
import dev.ridgepoint.engine.codecs.Q8Codec;

/** The formats of packed panels. */
public final class PanelFormats {
  public static final KeyValueFormat F32 = new PanelsF32();
  public static final KeyValueFormat BF16 = new PanelsBf16();
  public static final TiledFormat F16 = new PanelsF16();
  public static final TiledFormat Q8_0 = new QuantisedPanels(DType.Q8_0.codec(), Q8Codec::quant, 8);
  public static final TiledFormat Q4_0 =
      new QuantisedPanels(
          DType.Q4_0.codec(),
          (row, block, i) -> Q4Codec.quant(row, block, i) - Q4Codec.ZERO_POINT,
          4);

  public static final PanelFormat Q5_0 = new PanelsQ5();

  private PanelFormats() {}

  /** The layout of packed panels of a type. */
  public static PanelFormat of(DType dtype) {
    return switch (dtype) {
      case F32 -> F32;
      case BF16 -> BF16;
      case F16 -> F16;
      case Q8_0 -> Q8_0;
      case Q4_0 -> Q4_0;
      case Q5_0 -> Q5_0;
    };
  }

  /**
   * The layout of cached keys and values of a type.
   *
   * @throws IllegalArgumentException if caches cannot be stored in it
   */
  static KeyValueFormat ofKeysAndValues(DType dtype) {
    if (of(dtype) instanceof KeyValueFormat format) {
      return format;
    }
    throw new IllegalArgumentException("a KV cache cannot be stored as " + dtype);
  }
}
