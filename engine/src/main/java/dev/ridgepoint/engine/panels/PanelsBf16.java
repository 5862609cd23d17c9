package dev.ridgepoint.engine.panels;

import static dev.ridgepoint.engine.kernels.Blocking.LOOP_COLUMNS;
import static dev.ridgepoint.engine.kernels.Blocking.PANEL;
import static dev.ridgepoint.engine.kernels.PanelLayout.BF16_UPPER;
import static dev.ridgepoint.engine.kernels.VectorRegisters.I;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.LSHL;

import dev.ridgepoint.engine.codecs.Bfloat16;
import dev.ridgepoint.engine.kernels.Tile;
import dev.ridgepoint.engine.kernels.TilesBf16;
import java.lang.foreign.MemorySegment;
import java.util.List;
import jdk.incubator.vector.IntVector;

/**
 * Panels of bfloat16, {@code [depth][LENGTH]} ints, of which lane j holds column j in its lower
 * half and column j + LENGTH in its upper half: a shift and a mask widen both.
 */
final class PanelsBf16 implements KeyValueFormat {
  @Override
  public long bytes(int steps) {
    return 2L * PANEL * steps;
  }

  @Override
  public List<Tile> tiles() {
    return TilesBf16.TILES;
  }

  @Override
  public void pack(MemorySegment rows, int depth, MemorySegment panel, long panelOffset) {
    long from = 0;
    for (int column = 0; column < PANEL; column++) {
      for (int k = 0; k < depth; k++) {
        short bits = rows.get(JAVA_SHORT_UNALIGNED, from);
        panel.set(JAVA_SHORT_UNALIGNED, at(panelOffset, k, column), bits);
        from += Short.BYTES;
      }
    }
  }

  @Override
  public void writeColumn(
      float[] source,
      int sourceOffset,
      int depth,
      MemorySegment panel,
      long panelOffset,
      int column) {
    for (int k = 0; k < depth; k++) {
      short bits = Bfloat16.fromFloat(source[sourceOffset + k]);
      panel.set(JAVA_SHORT_UNALIGNED, at(panelOffset, k, column), bits);
    }
  }

  @Override
  public void writeStep(
      float[] source,
      int sourceOffset,
      int columns,
      MemorySegment panel,
      long panelOffset,
      int step) {
    for (int column = 0; column < columns; column++) {
      short bits = Bfloat16.fromFloat(source[sourceOffset + column]);
      panel.set(JAVA_SHORT_UNALIGNED, at(panelOffset, step, column), bits);
    }
  }

  @Override
  public void readColumn(
      MemorySegment panel, long panelOffset, int column, int depth, float[] target) {
    for (int k = 0; k < depth; k++) {
      target[k] = Bfloat16.toFloat(panel.get(JAVA_SHORT_UNALIGNED, at(panelOffset, k, column)));
    }
  }

  @Override
  public void unpack(
      MemorySegment panel, long panelOffset, int steps, float[] target, int targetOffset) {
    for (int k = 0; k < steps; k++) {
      long from = panelOffset + 2L * PANEL * k;
      int to = targetOffset + k * LOOP_COLUMNS;
      IntVector both = IntVector.fromMemorySegment(I, panel, from, LITTLE_ENDIAN);
      both.lanewise(LSHL, 16).reinterpretAsFloats().intoArray(target, to);
      both.and(BF16_UPPER).reinterpretAsFloats().intoArray(target, to + LENGTH);
    }
  }

  @Override
  public void multiplyAdd(
      int rows,
      int panels,
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      long panelBytes,
      int depth,
      float[] c,
      int cOffset) {
    TilesBf16.multiplyAdd(rows, panels, x, xOffset, w, wOffset, panelBytes, depth, c, cOffset);
  }

  /** Where a number is stored. */
  static long at(long panelOffset, int step, int column) {
    long lane = (long) step * LENGTH + column % LENGTH;
    return panelOffset + 4 * lane + (column < LENGTH ? 0 : 2);
  }
}
