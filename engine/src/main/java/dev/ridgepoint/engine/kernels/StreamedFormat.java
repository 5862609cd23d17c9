package dev.ridgepoint.engine.kernels;

import java.lang.foreign.MemorySegment;

/** A format with a product of its own for few rows, which streams the panels from memory once. */
public sealed interface StreamedFormat extends PanelFormat permits CacheFormat, QuantisedPanels {

  /** The most rows that its product serves. */
  default int streamedRows() {
    return Tiles.MAX_ROWS;
  }

  /**
   * Panels that {@link #multiplyAdd} reads at once for {@code rows}: as many as leave the sums in
   * registers, since several streams get more out of the memory than one.
   */
  default int sideBySide(int rows) {
    return switch (rows) {
      case 1 -> 4;
      case 2 -> Lanes.MANY_REGISTERS ? 4 : 2;
      case 4 -> Lanes.MANY_REGISTERS ? 2 : 1;
      default -> 1;
    };
  }

  /** Floats per row that {@link #prepare} makes of {@code depth}. */
  default int preparedSteps(int depth) {
    return depth;
  }

  /**
   * Turns rows into what {@link #multiplyAdd} reads, in place.
   *
   * @param x interleaved rows, {@code [depth][rows]}, from 0, with room for {@link #preparedSteps}
   */
  default void prepare(float[] x, int rows, int depth) {
    // Most formats multiply the rows as they are.
  }

  /**
   * The streaming product of panels side by side; see {@link Streams#multiplyAdd}, which calls it
   * with the combinations of rows and panels that fit the registers.
   *
   * @param x rows that have been prepared
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
