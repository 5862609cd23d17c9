package dev.ridgepoint.engine.panels;

import dev.ridgepoint.engine.kernels.Blocking;
import java.lang.foreign.MemorySegment;

/**
 * A format with tiles for few rows only. For more, a panel is unpacked to F32 once and multiplied
 * as such, since what it takes to widen a number would be repeated in every tile.
 */
public sealed interface WidenedFormat extends PanelFormat permits PanelsF16, QuantisedPanels {
  @Override
  default int maxRows() {
    return Blocking.MAX_WIDENED_ROWS;
  }

  /** Copies the first {@code depth} steps of a panel to {@code target}, a panel of F32. */
  void unpack(MemorySegment panel, long panelOffset, int depth, MemorySegment target);
}
