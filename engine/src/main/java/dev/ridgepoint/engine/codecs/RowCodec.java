package dev.ridgepoint.engine.codecs;

import java.lang.foreign.MemorySegment;

/**
 * How the numbers of a row are stored: in blocks that follow each other without gaps, little-endian
 * as in safetensors and GGUF. Plain formats have blocks of one number; quantised ones share a scale
 * among {@link #blockElements} numbers. Offsets into memory are in bytes and of any alignment.
 *
 * <p>Counts must be multiples of {@link #blockElements}, which is for the caller to check.
 */
public interface RowCodec {

  /** Numbers of one block. */
  int blockElements();

  /** Bytes of one block. */
  int blockBytes();

  /**
   * Whether a block whose greatest magnitude this is can be stored: with a scale that is finite.
   */
  boolean holds(float magnitude);

  /** Stores {@code count} numbers from {@code sourceOffset} on. */
  void encode(float[] source, int sourceOffset, int count, MemorySegment target, long targetOffset);

  /** Reads {@code count} numbers, which starts at a block's first, widened to float. */
  void decode(MemorySegment source, long sourceOffset, int count, float[] target, int targetOffset);
}
