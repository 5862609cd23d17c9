package dev.ridgepoint.engine.panels;

import dev.ridgepoint.engine.kernels.Blocking;
import java.lang.foreign.MemorySegment;

/**
 * How a page stores one head's keys and values, which are written position by position. Offsets are
 * in bytes.
 */
sealed interface PageFormat permits PlainPages, QuantisedPages {

  /** Bytes of {@link Blocking#PANEL} keys. */
  long keyPanelBytes(int keyDim);

  /** Bytes of the values of so many positions. */
  long valueBytes(int valueDim, int positions);

  /** Writes a key as one column of a panel. */
  void writeKey(
      float[] source,
      int sourceOffset,
      int keyDim,
      MemorySegment page,
      long panelOffset,
      int column);

  /** Reads the first {@code count} elements of a key. */
  void readKey(MemorySegment page, long panelOffset, int column, int count, float[] target);

  /**
   * Writes the value of a position.
   *
   * @param valuesOffset of all values of the head in the page
   * @param positions of the page
   */
  void writeValue(
      float[] source,
      int sourceOffset,
      int valueDim,
      MemorySegment page,
      long valuesOffset,
      int positions,
      int position);
}
