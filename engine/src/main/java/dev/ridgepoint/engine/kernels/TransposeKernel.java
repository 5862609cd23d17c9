package dev.ridgepoint.engine.kernels;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** Transposes blocks of row-major matrices. Offsets into segments are in bytes. */
public final class TransposeKernel {
  /** Columns that are written together: their lines stay in the L1 cache. */
  private static final int COLUMNS = 16;

  private TransposeKernel() {}

  /**
   * {@code target[column][row] = source[row][column]}.
   *
   * @param sourceRowBytes from one row of the source to the next
   * @param targetRowBytes from one row of the target to the next
   */
  public static void transpose(
      MemorySegment source,
      long sourceOffset,
      long sourceRowBytes,
      int rows,
      int columns,
      MemorySegment target,
      long targetOffset,
      long targetRowBytes) {
    for (int first = 0; first < columns; first += COLUMNS) {
      int end = Math.min(columns, first + COLUMNS);
      int row = 0;
      for (; row + 4 <= rows; row += 4) {
        long a = sourceOffset + row * sourceRowBytes;
        long b = a + sourceRowBytes;
        long c = b + sourceRowBytes;
        long d = c + sourceRowBytes;
        for (int column = first; column < end; column++) {
          long to = targetOffset + column * targetRowBytes + 4L * row;
          float fromA = source.get(JAVA_FLOAT_UNALIGNED, a + 4L * column);
          float fromB = source.get(JAVA_FLOAT_UNALIGNED, b + 4L * column);
          float fromC = source.get(JAVA_FLOAT_UNALIGNED, c + 4L * column);
          float fromD = source.get(JAVA_FLOAT_UNALIGNED, d + 4L * column);
          target.set(JAVA_FLOAT_UNALIGNED, to, fromA);
          target.set(JAVA_FLOAT_UNALIGNED, to + 4, fromB);
          target.set(JAVA_FLOAT_UNALIGNED, to + 8, fromC);
          target.set(JAVA_FLOAT_UNALIGNED, to + 12, fromD);
        }
      }
      for (; row < rows; row++) {
        long from = sourceOffset + row * sourceRowBytes;
        for (int column = first; column < end; column++) {
          target.set(
              JAVA_FLOAT_UNALIGNED,
              targetOffset + column * targetRowBytes + 4L * row,
              source.get(JAVA_FLOAT_UNALIGNED, from + 4L * column));
        }
      }
    }
  }
}
