package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.Lanes.I;
import static dev.ridgepoint.engine.kernels.Lanes.LENGTH;
import static dev.ridgepoint.engine.kernels.Lanes.PANEL;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.LSHL;

import dev.ridgepoint.engine.Bfloat16;
import dev.ridgepoint.engine.DType;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;

/**
 * Packing and unpacking of panels and row tiles: the layouts that {@link Tiles} and {@link Streams}
 * read. An F32 panel is {@code [depth][PANEL]} floats; a BF16 panel {@code [depth][LENGTH]} ints,
 * of which lane j holds column j in its lower half and column j + LENGTH in its upper half.
 */
public final class Panels {
  private static final int HIGH_HALF = 0xffff0000;

  private Panels() {}

  /** Packs {@code PANEL} rows of {@code depth} floats each as the columns of one panel. */
  public static void pack(
      DType dtype, float[] rows, int depth, MemorySegment panel, long panelOffset) {
    for (int k = 0; k < depth; k++) {
      if (dtype == DType.F32) {
        long step = panelOffset + 4L * k * PANEL;
        for (int column = 0; column < PANEL; column++) {
          panel.set(JAVA_FLOAT_UNALIGNED, step + 4L * column, rows[column * depth + k]);
        }
      } else {
        long step = panelOffset + 4L * k * LENGTH;
        for (int lane = 0; lane < LENGTH; lane++) {
          int low = Bfloat16.fromFloat(rows[lane * depth + k]) & 0xffff;
          int high = Bfloat16.fromFloat(rows[(lane + LENGTH) * depth + k]);
          panel.set(JAVA_INT_UNALIGNED, step + 4L * lane, (high << 16) | low);
        }
      }
    }
  }

  /** Writes one column of a panel, widened to float, to {@code target}. */
  public static void readColumn(
      DType dtype, MemorySegment panel, long panelOffset, int column, int depth, float[] target) {
    if (dtype == DType.F32) {
      for (int k = 0; k < depth; k++) {
        target[k] = panel.get(JAVA_FLOAT_UNALIGNED, panelOffset + 4L * ((long) k * PANEL + column));
      }
      return;
    }
    int lane = column % LENGTH;
    for (int k = 0; k < depth; k++) {
      int both = panel.get(JAVA_INT_UNALIGNED, panelOffset + 4L * ((long) k * LENGTH + lane));
      target[k] = Float.intBitsToFloat(column < LENGTH ? both << 16 : both & HIGH_HALF);
    }
  }

  /** Copies steps {@code from..from+depth} of a panel, widened to float, to an array. */
  public static void unpack(
      DType dtype, MemorySegment panel, long panelOffset, int from, int depth, float[] target) {
    if (dtype == DType.F32) {
      MemorySegment.copy(
          panel, JAVA_FLOAT_UNALIGNED, panelOffset + 4L * from * PANEL, target, 0, depth * PANEL);
      return;
    }
    long start = panelOffset + 4L * from * LENGTH;
    for (int k = 0; k < depth; k++) {
      IntVector both =
          IntVector.fromMemorySegment(I, panel, start + 4L * k * LENGTH, LITTLE_ENDIAN);
      both.lanewise(LSHL, 16).reinterpretAsFloats().intoArray(target, k * PANEL);
      both.and(HIGH_HALF).reinterpretAsFloats().intoArray(target, k * PANEL + LENGTH);
    }
  }

  /**
   * Interleaves {@code count} rows of {@code depth} floats as {@code [depth][rows]}; missing rows
   * are zero.
   *
   * @param source rows, {@code stride} floats apart
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
    for (int row = 0; row < rows; row++) {
      int to = targetOffset + row;
      if (row >= count) {
        for (int k = 0; k < depth; k++) {
          target[to + k * rows] = 0f;
        }
      } else {
        int from = sourceOffset + row * stride;
        for (int k = 0; k < depth; k++) {
          target[to + k * rows] = source[from + k];
        }
      }
    }
  }

  /** Writes {@code depth} floats from {@code source} as one column of a panel. */
  public static void writeColumn(
      DType dtype,
      float[] source,
      int sourceOffset,
      int depth,
      MemorySegment panel,
      long panelOffset,
      int column) {
    if (dtype == DType.F32) {
      for (int k = 0; k < depth; k++) {
        long at = panelOffset + 4L * ((long) k * PANEL + column);
        panel.set(JAVA_FLOAT_UNALIGNED, at, source[sourceOffset + k]);
      }
      return;
    }
    long half = panelOffset + 4L * (column % LENGTH) + (column < LENGTH ? 0 : 2);
    for (int k = 0; k < depth; k++) {
      panel.set(
          JAVA_SHORT_UNALIGNED,
          half + 4L * k * LENGTH,
          Bfloat16.fromFloat(source[sourceOffset + k]));
    }
  }

  /** Writes up to {@code PANEL} floats from {@code source} as the first columns of one step. */
  public static void writeStep(
      DType dtype,
      float[] source,
      int sourceOffset,
      int columns,
      MemorySegment panel,
      long panelOffset,
      int step) {
    if (dtype == DType.F32) {
      long to = panelOffset + 4L * step * PANEL;
      MemorySegment.copy(source, sourceOffset, panel, JAVA_FLOAT_UNALIGNED, to, columns);
      return;
    }
    for (int column = 0; column < columns; column++) {
      long at =
          panelOffset + 4L * ((long) step * LENGTH + column % LENGTH) + (column < LENGTH ? 0 : 2);
      panel.set(JAVA_SHORT_UNALIGNED, at, Bfloat16.fromFloat(source[sourceOffset + column]));
    }
  }
}
