package dev.ridgepoint.engine.panels;

import static dev.ridgepoint.engine.kernels.Blocking.LOOP_COLUMNS;
import static dev.ridgepoint.engine.kernels.Blocking.PANEL;
import static dev.ridgepoint.engine.kernels.PanelLayout.F16_BIAS;
import static dev.ridgepoint.engine.kernels.PanelLayout.F16_SHIFTED;
import static dev.ridgepoint.engine.kernels.VectorRegisters.I;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;

import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.kernels.PanelLayout;
import dev.ridgepoint.engine.kernels.Tile;
import dev.ridgepoint.engine.kernels.TilesF16;
import java.lang.foreign.MemorySegment;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Panels of IEEE half precision, in pairs as in {@link PanelsBf16}. The Vector API has no such
 * lanes, but a half whose bits are shifted to where a float has them is its value divided by {@link
 * PanelLayout#F16_BIAS}. That is right for all finite numbers, subnormal ones included; others are
 * refused.
 */
final class PanelsF16 implements TiledFormat {
  @Override
  public int blockSteps() {
    return 1;
  }

  @Override
  public long bytes(int steps) {
    return 2L * PANEL * steps;
  }

  @Override
  public List<Tile> tiles() {
    return TilesF16.TILES;
  }

  @Override
  public int maxRows() {
    return Blocking.MAX_WIDENED_ROWS;
  }

  /** None: to widen a number again in every tile costs more than to unpack it once. */
  @Override
  public int maxSharedRows() {
    return 0;
  }

  @Override
  public void pack(MemorySegment rows, int depth, MemorySegment panel, long panelOffset) {
    long from = 0;
    for (int column = 0; column < PANEL; column++) {
      for (int k = 0; k < depth; k++) {
        short bits = finite(rows, from);
        panel.set(JAVA_SHORT_UNALIGNED, PanelsBf16.at(panelOffset, k, column), bits);
        from += Short.BYTES;
      }
    }
  }

  /**
   * Reads a half, which kernels take for a finite one.
   *
   * @throws IllegalArgumentException if it is not
   */
  static short finite(MemorySegment source, long offset) {
    short bits = source.get(JAVA_SHORT_UNALIGNED, offset);
    float value = Float.float16ToFloat(bits);
    if (!Float.isFinite(value)) {
      throw new IllegalArgumentException("cannot pack " + value + " as F16");
    }
    return bits;
  }

  @Override
  public void readColumn(
      MemorySegment panel, long panelOffset, int column, int depth, float[] target) {
    for (int k = 0; k < depth; k++) {
      short bits = panel.get(JAVA_SHORT_UNALIGNED, PanelsBf16.at(panelOffset, k, column));
      target[k] = Float.float16ToFloat(bits);
    }
  }

  @Override
  public void unpack(
      MemorySegment panel, long panelOffset, int steps, float[] target, int targetOffset) {
    for (int k = 0; k < steps; k++) {
      long from = panelOffset + 2L * PANEL * k;
      int to = targetOffset + k * LOOP_COLUMNS;
      IntVector both = IntVector.fromMemorySegment(I, panel, from, LITTLE_ENDIAN);
      FloatVector low =
          both.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector high =
          both.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      low.intoArray(target, to);
      high.intoArray(target, to + LENGTH);
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
    TilesF16.multiplyAdd(rows, panels, x, xOffset, w, wOffset, panelBytes, depth, c, cOffset);
  }
}
