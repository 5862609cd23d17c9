package dev.ridgepoint.engine.kernels;

import java.lang.foreign.MemorySegment;

/**
 * How the numbers of a packed panel are stored. A panel holds {@link Lanes#PANEL} columns of a
 * matrix step by step: {@code [depth][PANEL]}. Offsets are in bytes and point to a panel's first
 * step; numbers of steps are multiples of {@link #blockSteps}.
 */
public sealed interface PanelFormat permits StreamedFormat, PanelsF16 {

  /** Steps that share a scale; 1 if there are no scales. */
  int blockSteps();

  /** Bytes of the first {@code steps} of a panel. */
  long bytes(int steps);

  /** Packs {@code PANEL} rows of {@code depth} floats each as the columns of a panel. */
  void pack(float[] rows, int depth, MemorySegment panel, long panelOffset);

  /** Reads one column of a panel, widened to float. */
  void readColumn(MemorySegment panel, long panelOffset, int column, int depth, float[] target);

  /** Copies the first {@code depth} steps of a panel to {@code target}, a panel of F32. */
  void unpack(MemorySegment panel, long panelOffset, int depth, MemorySegment target);
}
