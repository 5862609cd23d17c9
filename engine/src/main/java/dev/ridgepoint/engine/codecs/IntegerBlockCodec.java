package dev.ridgepoint.engine.codecs;

import java.lang.foreign.MemorySegment;

/** A format whose blocks are integers q with an F16 scale d: a number is {@code d * q}. */
public interface IntegerBlockCodec extends RowCodec {
  /** The least q. */
  int least();

  /** The greatest q. */
  int greatest();

  /**
   * Writes a block as it is, without rounding.
   *
   * @param scale the bits of d
   * @param integers as many as the block has elements, each of {@link #least}..{@link #greatest}
   * @param target from byte {@code offset} on
   */
  void writeBlock(short scale, int[] integers, MemorySegment target, long offset);

  /**
   * Reads a block's integers.
   *
   * @param source from byte {@code offset} on
   * @param integers q of each element, to be overwritten
   * @return the bits of d
   */
  short readBlock(MemorySegment source, long offset, int[] integers);
}
