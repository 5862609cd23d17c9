package dev.ridgepoint.engine.codecs;

import java.lang.foreign.MemorySegment;

/**
 * How the numbers of a row are read: in blocks that follow each other without gaps, little-endian
 * as in safetensors and GGUF. Plain formats have blocks of one number; quantised ones share a scale
 * among {@link #blockElements} numbers. Offsets into memory are in bytes and of any alignment.
 *
 * <p>Counts must be multiples of {@link #blockElements}, which is for the caller to check.
 */
public interface RowDecoder {

  /** Numbers of one block. */
  int blockElements();

  /** Bytes of one block. */
  int blockBytes();

  /** Reads {@code count} numbers, which starts at a block's first, widened to float. */
  void decode(MemorySegment source, long sourceOffset, int count, float[] target, int targetOffset);
}
