package dev.ridgepoint.engine.kernels;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * Brings the rows of a tile into the order in which it is multiplied, {@code [depth][rows]}. Four
 * rows at a time, so that their floats for a step are written together. Without vectors: to
 * transpose in vectors of four floats would be twice as fast, but a second vector length in the
 * process keeps C2 from knowing what class a vector has, and that ruins every other kernel.
 */
public final class Interleaver {
  private Interleaver() {}

  /**
   * Interleaves rows in native memory.
   *
   * @param count rows that there are; the others of the tile become zero
   * @param rows of the tile
   * @param sourceOffset byte of the first row
   * @param rowBytes from one row to the next
   */
  public static void interleave(
      MemorySegment source,
      long sourceOffset,
      long rowBytes,
      int count,
      int rows,
      int depth,
      float[] target,
      int targetOffset) {
    int row = 0;
    for (; row + 4 <= count; row += 4) {
      long a = sourceOffset + row * rowBytes;
      long b = a + rowBytes;
      long c = b + rowBytes;
      long d = c + rowBytes;
      for (int k = 0; k < depth; k++) {
        int to = targetOffset + row + k * rows;
        target[to] = source.get(JAVA_FLOAT_UNALIGNED, a + 4L * k);
        target[to + 1] = source.get(JAVA_FLOAT_UNALIGNED, b + 4L * k);
        target[to + 2] = source.get(JAVA_FLOAT_UNALIGNED, c + 4L * k);
        target[to + 3] = source.get(JAVA_FLOAT_UNALIGNED, d + 4L * k);
      }
    }
    for (; row < count; row++) {
      long a = sourceOffset + row * rowBytes;
      for (int k = 0; k < depth; k++) {
        target[targetOffset + row + k * rows] = source.get(JAVA_FLOAT_UNALIGNED, a + 4L * k);
      }
    }
    clear(count, rows, depth, target, targetOffset);
  }

  /**
   * Interleaves rows on the heap.
   *
   * @param stride floats from one row to the next
   */
  public static void interleave(
      float[] source,
      int sourceOffset,
      int stride,
      int count,
      int rows,
      int depth,
      float[] target,
      int targetOffset) {
    int row = 0;
    for (; row + 4 <= count; row += 4) {
      int a = sourceOffset + row * stride;
      int b = a + stride;
      int c = b + stride;
      int d = c + stride;
      for (int k = 0; k < depth; k++) {
        int to = targetOffset + row + k * rows;
        target[to] = source[a + k];
        target[to + 1] = source[b + k];
        target[to + 2] = source[c + k];
        target[to + 3] = source[d + k];
      }
    }
    for (; row < count; row++) {
      int a = sourceOffset + row * stride;
      for (int k = 0; k < depth; k++) {
        target[targetOffset + row + k * rows] = source[a + k];
      }
    }
    clear(count, rows, depth, target, targetOffset);
  }

  private static void clear(int count, int rows, int depth, float[] target, int targetOffset) {
    for (int row = count; row < rows; row++) {
      for (int k = 0; k < depth; k++) {
        target[targetOffset + row + k * rows] = 0f;
      }
    }
  }
}
