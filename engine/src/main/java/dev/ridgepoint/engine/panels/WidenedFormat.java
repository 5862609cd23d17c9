package dev.ridgepoint.engine.panels;

import dev.ridgepoint.engine.kernels.VectorRegisters;
import java.lang.foreign.MemorySegment;

/**
 * A format with kernels for few rows only. For more, a panel is unpacked to F32 once and multiplied
 * as such, since what it takes to widen a number would be repeated for every tile.
 */
public sealed interface WidenedFormat extends PanelFormat permits PanelsF16, QuantisedPanels {
  /** Rows of the tallest tile with a kernel of its own. */
  int MAX_ROWS = VectorRegisters.MANY_REGISTERS ? 8 : 4;

  /** Copies the first {@code depth} steps of a panel to {@code target}, a panel of F32. */
  void unpack(MemorySegment panel, long panelOffset, int depth, MemorySegment target);
}
