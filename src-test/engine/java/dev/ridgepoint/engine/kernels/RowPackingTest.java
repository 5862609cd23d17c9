package dev.ridgepoint.engine.kernels;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowPackingTest {
  private static final float UNTOUCHED = -1;

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 4", "4, 4", "5, 5", "6, 6", "6, 8", "8, 8", "9, 12", "12, 12"})
  void putsTheFloatsOfAStepSideBySide(int count, int rows) {
    for (int depth = 1; depth < 70; depth++) {
      int stride = depth + 3;
      int first = 2;
      int offset = 7;
      try (Arena arena = Arena.ofConfined()) {
        // Ends with the last row's last float: nothing behind it may be read.
        int floats = first + (count - 1) * stride + depth;
        MemorySegment source = arena.allocate(JAVA_FLOAT, floats);
        for (int i = 0; i < floats; i++) {
          source.setAtIndex(JAVA_FLOAT, i, i + 1);
        }
        float[] expected = new float[offset + rows * depth + 5];
        Arrays.fill(expected, UNTOUCHED);
        float[] target = expected.clone();
        for (int k = 0; k < depth; k++) {
          for (int row = 0; row < rows; row++) {
            expected[offset + k * rows + row] = row < count ? first + row * stride + k + 1 : 0;
          }
        }
        RowPacking.interleave(source, 4L * first, 4L * stride, count, rows, depth, target, offset);
        assertArrayEquals(expected, target, "depth " + depth);
      }
    }
  }
}
