package dev.ridgepoint.engine.panels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.TestData;
import dev.ridgepoint.engine.kernels.Blocking;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UnpackTest {
  private static final int OFFSET = 3;

  /** From each block of a panel on; a zero may lose its sign. */
  @ParameterizedTest
  @MethodSource("dev.ridgepoint.engine.TestData#packed")
  void unpacksWhatReadColumnReads(DType dtype) {
    TiledFormat format = PanelFormats.of(dtype);
    int steps = Math.max(96, 3 * format.blockSteps());
    try (Arena arena = Arena.ofShared()) {
      MemorySegment panel = arena.allocate(format.bytes(steps), 64);
      MemorySegment rows = TestData.rows(arena, new Random(5), dtype, Blocking.PANEL, steps);
      format.pack(rows, steps, panel, 0);
      float[] column = new float[steps];
      for (int first = 0; first < steps; first += format.blockSteps()) {
        int count = steps - first;
        float[] target = new float[OFFSET + count * Blocking.LOOP_COLUMNS];
        format.unpack(panel, format.bytes(first), count, target, OFFSET);
        for (int j = 0; j < Blocking.PANEL; j++) {
          format.readColumn(panel, 0, j, steps, column);
          for (int k = 0; k < count; k++) {
            float unpacked = target[OFFSET + k * Blocking.LOOP_COLUMNS + j];
            assertEquals(
                column[first + k] + 0f, unpacked + 0f, "column " + j + ", step " + (first + k));
          }
        }
      }
    }
  }
}
