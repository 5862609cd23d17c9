package dev.ridgepoint.engine.kernels;

import dev.ridgepoint.engine.formats.Q4Codec;
import dev.ridgepoint.engine.formats.Q8Codec;
import dev.ridgepoint.engine.formats.RowCodec;

/** The formats of packed panels. */
public final class PanelFormats {
  public static final CacheFormat F32 = new PanelsF32();
  public static final CacheFormat BF16 = new PanelsBf16();
  public static final PanelFormat F16 = new PanelsF16();
  public static final PanelFormat Q8_0 = new QuantisedPanels(RowCodec.Q8_0, Q8Codec::quant, 8);
  public static final PanelFormat Q4_0 =
      new QuantisedPanels(
          RowCodec.Q4_0, (row, block, i) -> Q4Codec.quant(row, block, i) - Q4Codec.ZERO_POINT, 4);

  private PanelFormats() {}
}
