package dev.ridgepoint.engine.kernels;

import java.lang.foreign.MemorySegment;

/**
 * How the numbers of a packed panel are stored. A panel holds {@link Lanes#PANEL} columns of a
 * matrix step by step: {@code [depth][PANEL]}. Offsets are in bytes and point to a panel's first
 * step.
 */
public sealed interface PanelFormat permits PanelsF32, PanelsBf16 {
  PanelFormat F32 = new PanelsF32();
  PanelFormat BF16 = new PanelsBf16();

  /** Bytes of one step: {@code PANEL} numbers. */
  long stepBytes();

  /** Packs {@code PANEL} rows of {@code depth} floats each as the columns of a panel. */
  void pack(float[] rows, int depth, MemorySegment panel, long panelOffset);

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

  /** Reads one column of a panel, widened to float. */
  void readColumn(MemorySegment panel, long panelOffset, int column, int depth, float[] target);

  /** Copies steps {@code from..from+depth} of a panel, widened to float, to an array. */
  void unpack(MemorySegment panel, long panelOffset, int from, int depth, float[] target);

  /**
   * The streaming product of panels side by side; see {@link Streams#multiplyAdd}, which calls it
   * with the combinations of rows and panels that fit the registers.
   */
  void multiplyAdd(
      int rows,
      int panels,
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      long panelBytes,
      int depth,
      float[] c,
      int cOffset);
}
