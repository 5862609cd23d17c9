package dev.ridgepoint.engine.panels;

import static dev.ridgepoint.engine.kernels.Blocking.LOOP_COLUMNS;
import static dev.ridgepoint.engine.kernels.Blocking.PANEL;
import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.ridgepoint.engine.kernels.Tile;
import dev.ridgepoint.engine.kernels.TilesF32;
import java.lang.foreign.MemorySegment;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/** Panels of floats, {@code [depth][PANEL]}. */
final class PanelsF32 implements KeyValueFormat {

  @Override
  public long bytes(int steps) {
    return 4L * PANEL * steps;
  }

  @Override
  public List<Tile> tiles() {
    return TilesF32.TILES;
  }

  @Override
  public void pack(MemorySegment rows, int depth, MemorySegment panel, long panelOffset) {
    long from = 0;
    for (int column = 0; column < PANEL; column++) {
      for (int k = 0; k < depth; k++) {
        panel.set(
            JAVA_FLOAT_UNALIGNED, at(panelOffset, k, column), rows.get(JAVA_FLOAT_UNALIGNED, from));
        from += Float.BYTES;
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
      panel.set(JAVA_FLOAT_UNALIGNED, at(panelOffset, k, column), source[sourceOffset + k]);
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
    MemorySegment.copy(
        source, sourceOffset, panel, JAVA_FLOAT_UNALIGNED, at(panelOffset, step, 0), columns);
  }

  @Override
  public void readColumn(
      MemorySegment panel, long panelOffset, int column, int depth, float[] target) {
    for (int k = 0; k < depth; k++) {
      target[k] = panel.get(JAVA_FLOAT_UNALIGNED, at(panelOffset, k, column));
    }
  }

  @Override
  public void unpack(
      MemorySegment panel, long panelOffset, int steps, float[] target, int targetOffset) {
    for (int k = 0; k < steps; k++) {
      long from = panelOffset + 4L * PANEL * k;
      int to = targetOffset + k * LOOP_COLUMNS;
      FloatVector a = FloatVector.fromMemorySegment(F, panel, from, LITTLE_ENDIAN);
      FloatVector b = FloatVector.fromMemorySegment(F, panel, from + 4 * LENGTH, LITTLE_ENDIAN);
      a.intoArray(target, to);
      b.intoArray(target, to + LENGTH);
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
    TilesF32.multiplyAdd(rows, panels, x, xOffset, w, wOffset, panelBytes, depth, c, cOffset);
  }

  private static long at(long panelOffset, int step, int column) {
    return panelOffset + 4L * ((long) step * PANEL + column);
  }
}
