package dev.ridgepoint.engine.codecs;

import java.lang.foreign.MemorySegment;

/** How the numbers of a row are stored and read, of formats that numbers are rounded to here. */
public interface RowCodec extends RowDecoder {

  /**
   * Whether a block whose greatest magnitude this is can be stored: with a scale that is finite.
   */
  boolean holds(float magnitude);

  /** Stores {@code count} numbers from {@code sourceOffset} on. */
  void encode(float[] source, int sourceOffset, int count, MemorySegment target, long targetOffset);
}
