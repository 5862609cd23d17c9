package dev.ridgepoint.engine.kernels;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnPackingTest {
  private static final float UNTOUCHED = -1;
  private static final int FIRST = 2;

  /** Rows of a matrix, of which the last ends with the memory: nothing behind it may be read. */
  private static MemorySegment matrix(Arena arena, int depth, int stride, int columns) {
    int floats = FIRST + (depth - 1) * stride + columns;
    MemorySegment source = arena.allocate(JAVA_FLOAT, floats);
    for (int i = 0; i < floats; i++) {
      source.setAtIndex(JAVA_FLOAT, i, i + 1);
    }
    return source;
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 4", "4, 4", "5, 5", "6, 6", "6, 8", "8, 8", "9, 12", "12, 12"})
  void putsColumnsSideBySide(int count, int rows) {
    int offset = 7;
    for (int stride : new int[] {count, count + 3, 40}) {
      for (int depth = 1; depth < 30; depth++) {
        float[] expected = new float[offset + rows * depth + 5];
        Arrays.fill(expected, UNTOUCHED);
        float[] target = expected.clone();
        for (int k = 0; k < depth; k++) {
          for (int row = 0; row < rows; row++) {
            expected[offset + k * rows + row] = row < count ? FIRST + k * stride + row + 1 : 0;
          }
        }
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment source = matrix(arena, depth, stride, count);
          ColumnPacking.interleave(
              source, 4L * FIRST, 4L * stride, count, rows, depth, target, offset);
        }
        assertArrayEquals(expected, target, "depth " + depth + ", stride " + stride);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "3"})
  void makesAPanel(int missing) {
    int columns = Blocking.PANEL - missing;
    int stride = columns + 1;
    for (int depth = 1; depth < 5; depth++) {
      float[] expected = new float[Blocking.PANEL * depth];
      for (int k = 0; k < depth; k++) {
        for (int i = 0; i < columns; i++) {
          expected[k * Blocking.PANEL + i] = FIRST + k * stride + i + 1;
        }
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment source = matrix(arena, depth, stride, columns);
        MemorySegment target = arena.allocate(JAVA_FLOAT, expected.length);
        target.fill((byte) 1);
        ColumnPacking.panel(source, 4L * FIRST, 4L * stride, columns, depth, target, 0);
        assertArrayEquals(expected, target.toArray(JAVA_FLOAT));
      }
    }
  }
}
