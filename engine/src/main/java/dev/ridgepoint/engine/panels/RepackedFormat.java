package dev.ridgepoint.engine.panels;

import java.lang.foreign.MemorySegment;

/** A format without kernels, whose panels are turned into those of one that has some. */
public interface RepackedFormat extends PanelFormat {
  /** What {@link #repack} makes of a panel. */
  TiledFormat repacked();

  /** Copies the first {@code depth} steps of a panel to one of {@link #repacked}. */
  void repack(
      MemorySegment panel, long panelOffset, int depth, MemorySegment target, long targetOffset);
}
