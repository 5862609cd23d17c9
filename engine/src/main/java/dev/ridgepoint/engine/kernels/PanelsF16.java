package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.Lanes.PANEL;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * Panels of IEEE half precision, {@code [depth][PANEL]}. The Vector API has no such lanes, but C2
 * turns the loop that widens them into vector instructions; so they are unpacked for every product.
 */
final class PanelsF16 implements PanelFormat {

  @Override
  public int blockSteps() {
    return 1;
  }

  @Override
  public long bytes(int steps) {
    return 2L * PANEL * steps;
  }

  @Override
  public void pack(float[] rows, int depth, MemorySegment panel, long panelOffset) {
    for (int column = 0; column < PANEL; column++) {
      for (int k = 0; k < depth; k++) {
        short bits = Float.floatToFloat16(rows[column * depth + k]);
        panel.set(JAVA_SHORT_UNALIGNED, panelOffset + bytes(k) + 2L * column, bits);
      }
    }
  }

  @Override
  public void readColumn(
      MemorySegment panel, long panelOffset, int column, int depth, float[] target) {
    for (int k = 0; k < depth; k++) {
      short bits = panel.get(JAVA_SHORT_UNALIGNED, panelOffset + bytes(k) + 2L * column);
      target[k] = Float.float16ToFloat(bits);
    }
  }

  @Override
  public void unpack(MemorySegment panel, long panelOffset, int depth, MemorySegment target) {
    for (long i = 0; i < (long) depth * PANEL; i++) {
      float widened = Float.float16ToFloat(panel.get(JAVA_SHORT_UNALIGNED, panelOffset + 2 * i));
      target.set(JAVA_FLOAT_UNALIGNED, 4 * i, widened);
    }
  }
}
