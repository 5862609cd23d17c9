package dev.ridgepoint.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TensorTest {
  private static final int ROWS = 37;
  private static final int COLUMNS = 96;

  @ParameterizedTest
  @CsvSource({
    "F32, 64, 256",
    "BF16, 64, 128",
    "F16, 64, 128",
    "Q8_0, 64, 68",
    "Q4_0, 64, 36",
    "Q5_0, 64, 44"
  })
  void bytesIncludeScales(DType dtype, long elements, long bytes) {
    assertEquals(bytes, dtype.bytes(elements));
  }

  @ParameterizedTest
  @MethodSource("dev.ridgepoint.engine.TestData#quantised")
  void rowsAreWholeBlocks(DType dtype) {
    assertThrows(IllegalArgumentException.class, () -> dtype.bytes(33));
    try (Arena arena = Arena.ofConfined()) {
      assertThrows(
          IllegalArgumentException.class, () -> Tensor.allocate(arena, dtype, 2, 16), "2 x 16");
      assertThrows(
          IllegalArgumentException.class,
          () -> Tensor.of(dtype, arena.allocate(dtype.bytes(32)), 2, 16));
      Tensor vector = Tensor.allocate(arena, dtype, 64);
      assertThrows(IllegalArgumentException.class, () -> vector.rows(0, 32));
      Tensor tensor = Tensor.allocate(arena, dtype, 2, 64);
      assertThrows(IllegalArgumentException.class, () -> tensor.read(1, new float[32], 0, 32));
      assertThrows(IllegalArgumentException.class, () -> tensor.read(0, new float[32], 0, 16));
      assertThrows(IndexOutOfBoundsException.class, () -> tensor.read(128, new float[32], 0, 32));
    }
  }

  /** Whatever the number of threads, each row is what its codec makes of it alone. */
  @ParameterizedTest
  @MethodSource("dev.ridgepoint.engine.TestData#encoded")
  void encodesRowByRow(DType dtype) {
    float[][] rows = new float[ROWS][];
    Random random = new Random(3);
    for (int i = 0; i < ROWS; i++) {
      rows[i] = TestData.random(random, COLUMNS);
    }
    for (int threads = 1; threads <= 3; threads++) {
      try (Arena arena = Arena.ofShared();
          Workers workers = new Workers(threads)) {
        Tensor tensor = Tensor.allocate(arena, dtype, ROWS, COLUMNS);
        tensor.encode(
            workers,
            (row, target, offset) -> System.arraycopy(rows[row], 0, target, offset, COLUMNS));
        for (int i = 0; i < ROWS; i++) {
          assertRow(dtype, rows[i], tensor, i);
        }
      }
    }
  }

  private static void assertRow(DType dtype, float[] row, Tensor tensor, int index) {
    try (Arena arena = Arena.ofConfined()) {
      Tensor alone = Tensor.allocate(arena, dtype, COLUMNS);
      dtype.codec().encode(row, 0, COLUMNS, alone.segment(), 0);
      float[] expected = new float[COLUMNS];
      alone.read(0, expected, 0, COLUMNS);
      float[] actual = new float[COLUMNS];
      tensor.read((long) index * COLUMNS, actual, 0, COLUMNS);
      assertArrayEquals(expected, actual);
      assertEquals(expected[41], tensor.get(index * COLUMNS + 41L));
      assertEquals(expected[41], tensor.rows(index, 1).get(41));
    }
  }

  @Test
  void onlyBlocksAreQuantised() {
    assertEquals(false, DType.F16.isQuantised());
    assertEquals(true, DType.Q4_0.isQuantised());
  }
}
