package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.Blocking.PANEL;
import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Packs operands whose steps are the rows of a matrix: what belongs to a step lies side by side
 * already, and is copied in whole vectors, of which the next step overwrites what is too much.
 * Offsets into segments are in bytes.
 */
public final class ColumnPacking {
  private ColumnPacking() {}

  /**
   * Packs columns as the rows of a tile, {@code [depth][rows]}.
   *
   * @param sourceOffset of the first column of the first step
   * @param stepBytes from one step to the next
   * @param count columns that there are; the other rows of the tile become zero
   * @param rows of the tile
   */
  public static void interleave(
      MemorySegment source,
      long sourceOffset,
      long stepBytes,
      int count,
      int rows,
      int depth,
      float[] target,
      int targetOffset) {
    int step = 0;
    if (count == rows) {
      int width = Math.ceilDiv(rows, LENGTH) * LENGTH;
      // Neither what is read nor what is written may pass the end.
      long readable = source.byteSize() - sourceOffset - 4L * width;
      long whole = readable < 0 ? 0 : Math.min(readable / stepBytes + 1, depth);
      int end = (int) Math.min(whole, depth - Math.ceilDiv(width, rows) + 1);
      for (; step < end; step++) {
        long from = sourceOffset + step * stepBytes;
        int to = targetOffset + step * rows;
        for (int i = 0; i < width; i += LENGTH) {
          FloatVector.fromMemorySegment(F, source, from + 4L * i, LITTLE_ENDIAN)
              .intoArray(target, to + i);
        }
      }
    }
    for (; step < depth; step++) {
      long from = sourceOffset + step * stepBytes;
      int to = targetOffset + step * rows;
      for (int i = 0; i < rows; i++) {
        target[to + i] = i < count ? source.get(JAVA_FLOAT_UNALIGNED, from + 4L * i) : 0f;
      }
    }
  }

  /**
   * Packs columns as a panel, {@code [depth][PANEL]}.
   *
   * @param sourceOffset of the first column of the first step
   * @param stepBytes from one step to the next
   * @param columns that there are; the others become zero
   */
  public static void panel(
      MemorySegment source,
      long sourceOffset,
      long stepBytes,
      int columns,
      int depth,
      MemorySegment target,
      long targetOffset) {
    for (int step = 0; step < depth; step++) {
      long from = sourceOffset + step * stepBytes;
      long to = targetOffset + 4L * PANEL * step;
      if (columns == PANEL) {
        FloatVector a = FloatVector.fromMemorySegment(F, source, from, LITTLE_ENDIAN);
        FloatVector b = FloatVector.fromMemorySegment(F, source, from + 4 * LENGTH, LITTLE_ENDIAN);
        a.intoMemorySegment(target, to, LITTLE_ENDIAN);
        b.intoMemorySegment(target, to + 4 * LENGTH, LITTLE_ENDIAN);
      } else {
        for (int i = 0; i < PANEL; i++) {
          float value = i < columns ? source.get(JAVA_FLOAT_UNALIGNED, from + 4L * i) : 0f;
          target.set(JAVA_FLOAT_UNALIGNED, to + 4L * i, value);
        }
      }
    }
  }
}
