package dev.ridgepoint.engine.panels;

import dev.ridgepoint.engine.kernels.Blocking;
import java.lang.foreign.MemorySegment;

/**
 * How the numbers of a packed panel are stored. A panel holds {@link Blocking#PANEL} columns of a
 * matrix step by step: {@code [depth][PANEL]}. Offsets are in bytes and point to a panel's first
 * step; numbers of steps are multiples of {@link #blockSteps}.
 *
 * <p>Few rows are multiplied with the panels as they are, see {@link TiledFormat}. For many rows
 * panels are unpacked to floats.
 */
public interface PanelFormat {

  /** Steps that share a scale; 1 if there are no scales. */
  int blockSteps();

  /** Bytes of the first {@code steps} of a panel. */
  long bytes(int steps);

  /**
   * Packs {@code PANEL} rows of {@code depth} numbers each as the columns of a panel.
   *
   * @param rows one after another from byte 0, as the type's {@link
   *     dev.ridgepoint.engine.codecs.RowDecoder} reads them
   * @throws IllegalArgumentException if a half, a scale or a number, is not finite
   */
  void pack(MemorySegment rows, int depth, MemorySegment panel, long panelOffset);

  /** Reads one column of a panel, widened to float. */
  void readColumn(MemorySegment panel, long panelOffset, int column, int depth, float[] target);
}
