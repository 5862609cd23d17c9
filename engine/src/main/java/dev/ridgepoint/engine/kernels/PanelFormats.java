package dev.ridgepoint.engine.kernels;

/** The formats of packed panels. */
public final class PanelFormats {
  public static final CacheFormat F32 = new PanelsF32();
  public static final CacheFormat BF16 = new PanelsBf16();
  public static final PanelFormat F16 = new PanelsF16();
  public static final StreamedFormat Q8_0 = new PanelsQ8();
  public static final StreamedFormat Q4_0 = new PanelsQ4();

  private PanelFormats() {}
}
