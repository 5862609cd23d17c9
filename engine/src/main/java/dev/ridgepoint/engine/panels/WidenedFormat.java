package dev.ridgepoint.engine.panels;

import java.lang.foreign.MemorySegment;

/**
 * A format with tiles for few rows only, or for none. For more, a panel is unpacked once and
 * multiplied as such, since what it takes to widen a number would be repeated in every tile.
 */
public interface WidenedFormat extends PanelFormat {
  /** What {@link #unpack} makes of a panel. */
  default TiledFormat unpacked() {
    return PanelFormats.F32;
  }

  /** Copies the first {@code depth} steps of a panel to one of {@link #unpacked}. */
  void unpack(
      MemorySegment panel, long panelOffset, int depth, MemorySegment target, long targetOffset);
}
