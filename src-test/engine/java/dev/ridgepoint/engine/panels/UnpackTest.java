package dev.ridgepoint.engine.panels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Tensor;
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

  /** From each block of a panel on; a zero may lose its sign. */
  @ParameterizedTest
  @MethodSource("dev.ridgepoint.engine.TestData#superBlocks")
  void repacksWhatReadColumnReads(DType dtype) {
    RepackedFormat format = (RepackedFormat) PanelFormats.of(dtype);
    TiledFormat floats = format.repacked();
    int steps = 3 * format.blockSteps();
    try (Arena arena = Arena.ofShared()) {
      Tensor rows = TestData.randomBits(arena, new Random(7), dtype, Blocking.PANEL, steps);
      MemorySegment panel = arena.allocate(format.bytes(steps), 64);
      format.pack(rows.segment(), steps, panel, 0);
      float[] expected = new float[steps];
      for (int first = 0; first < steps; first += format.blockSteps()) {
        int count = steps - first;
        MemorySegment repacked = arena.allocate(floats.bytes(count), 64);
        format.repack(panel, format.bytes(first), count, repacked, 0);
        float[] actual = new float[count];
        for (int column = 0; column < Blocking.PANEL; column++) {
          format.readColumn(panel, 0, column, steps, expected);
          floats.readColumn(repacked, 0, column, count, actual);
          for (int k = 0; k < count; k++) {
            assertEquals(expected[first + k] + 0f, actual[k] + 0f, "column " + column + ", " + k);
          }
        }
      }
    }
  }
}
