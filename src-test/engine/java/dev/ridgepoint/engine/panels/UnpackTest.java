package dev.ridgepoint.engine.panels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.TestData;
import dev.ridgepoint.engine.kernels.Blocking;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UnpackTest {
  private static final int STEPS = 96;
  private static final int OFFSET = 3;

  static Stream<DType> tiled() {
    return DType.encoded().stream().filter(dtype -> PanelFormats.of(dtype) instanceof TiledFormat);
  }

  /** From each block of a panel on; a zero may lose its sign. */
  @ParameterizedTest
  @MethodSource("tiled")
  void unpacksWhatReadColumnReads(DType dtype) {
    TiledFormat format = (TiledFormat) PanelFormats.of(dtype);
    Random random = new Random(5);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment panel = arena.allocate(format.bytes(STEPS), 64);
      float[] columns = TestData.random(random, Blocking.PANEL * STEPS);
      format.pack(TestData.encode(dtype, columns), STEPS, panel, 0);
      float[] column = new float[STEPS];
      for (int first = 0; first < STEPS; first += format.blockSteps()) {
        int steps = STEPS - first;
        float[] target = new float[OFFSET + steps * Blocking.LOOP_COLUMNS];
        format.unpack(panel, format.bytes(first), steps, target, OFFSET);
        for (int j = 0; j < Blocking.PANEL; j++) {
          format.readColumn(panel, 0, j, STEPS, column);
          for (int k = 0; k < steps; k++) {
            float unpacked = target[OFFSET + k * Blocking.LOOP_COLUMNS + j];
            assertEquals(
                column[first + k] + 0f, unpacked + 0f, "column " + j + ", step " + (first + k));
          }
        }
      }
    }
  }
}
