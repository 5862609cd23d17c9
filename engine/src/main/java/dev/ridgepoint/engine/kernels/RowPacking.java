package dev.ridgepoint.engine.kernels;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * Packs the rows of a tile in the order in which its micro-kernel reads them, {@code
 * [depth][rows]}: row-major, C2 would keep a pointer for each row and spill the sums.
 */
public final class RowPacking {
  private RowPacking() {}

  /**
   * Packs rows from native memory, interleaved.
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
    if (rows == 1) {
      MemorySegment.copy(source, JAVA_FLOAT, sourceOffset, target, targetOffset, depth);
      return;
    }
    int done = 0;
    if (count == rows) {
      done =
          WideRowPacking.interleave(
                  source, sourceOffset, rowBytes, rows, depth, target, targetOffset)
              + SixRowPacking.interleave(
                  source, sourceOffset, rowBytes, rows, depth, target, targetOffset);
    }
    // Four rows at a time, so that their floats for a step are written together.
    int row = 0;
    for (; row + 4 <= count; row += 4) {
      long a = sourceOffset + row * rowBytes;
      long b = a + rowBytes;
      long c = b + rowBytes;
      long d = c + rowBytes;
      for (int k = done; k < depth; k++) {
        int to = targetOffset + row + k * rows;
        target[to] = source.get(JAVA_FLOAT_UNALIGNED, a + 4L * k);
        target[to + 1] = source.get(JAVA_FLOAT_UNALIGNED, b + 4L * k);
        target[to + 2] = source.get(JAVA_FLOAT_UNALIGNED, c + 4L * k);
        target[to + 3] = source.get(JAVA_FLOAT_UNALIGNED, d + 4L * k);
      }
    }
    for (; row < count; row++) {
      long a = sourceOffset + row * rowBytes;
      for (int k = done; k < depth; k++) {
        target[targetOffset + row + k * rows] = source.get(JAVA_FLOAT_UNALIGNED, a + 4L * k);
      }
    }
    for (; row < rows; row++) {
      for (int k = 0; k < depth; k++) {
        target[targetOffset + row + k * rows] = 0f;
      }
    }
  }
}
