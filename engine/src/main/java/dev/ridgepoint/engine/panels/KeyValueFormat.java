package dev.ridgepoint.engine.panels;

import java.lang.foreign.MemorySegment;

/** A format whose panels can be filled bit by bit, as a KV cache does. */
public sealed interface KeyValueFormat extends TiledFormat permits PanelsF32, PanelsBf16 {

  @Override
  default int blockSteps() {
    return 1;
  }

  /** Writes {@code depth} floats as one column of a panel. */
  void writeColumn(
      float[] source,
      int sourceOffset,
      int depth,
      MemorySegment panel,
      long panelOffset,
      int column);

  /** Writes up to {@code PANEL} floats as the first columns of one step. */
  void writeStep(
      float[] source,
      int sourceOffset,
      int columns,
      MemorySegment panel,
      long panelOffset,
      int step);
}
