package dev.ridgepoint.engine.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProductOverRowsTest {
  /** Small integers, of which sums are exact in whatever order. */
  private static int[][] integers(Random random, int rows, int columns) {
    int[][] numbers = new int[rows][];
    for (int row = 0; row < rows; row++) {
      numbers[row] = random.ints(columns, -4, 5).toArray();
    }
    return numbers;
  }

  private static Tensor tensor(Arena arena, int[][] numbers) {
    Tensor tensor = Tensor.allocate(arena, DType.F32, numbers.length, numbers[0].length);
    for (int row = 0; row < numbers.length; row++) {
      for (int column = 0; column < numbers[0].length; column++) {
        long at = (long) row * numbers[0].length + column;
        tensor.segment().setAtIndex(JAVA_FLOAT, at, numbers[row][column]);
      }
    }
    return tensor;
  }

  private static int[][] transposed(int[][] numbers) {
    int[][] columns = new int[numbers[0].length][numbers.length];
    for (int row = 0; row < numbers.length; row++) {
      for (int column = 0; column < columns.length; column++) {
        columns[column][row] = numbers[row][column];
      }
    }
    return columns;
  }

  /** As few columns as one tile holds, as some do, and more than a block of tiles. */
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "9, 3, 5", "33, 12, 40", "20, 17, 33", "300, 41, 70", "5, 400, 35"})
  void addsTheProduct(int rows, int outputs, int inputs) {
    Random random = new Random(rows);
    int[][] x = integers(random, rows, outputs);
    int[][] w = integers(random, rows, inputs);
    int[][] before = integers(random, outputs, inputs);
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(2)) {
      Tensor y = tensor(arena, before);
      PackedMatrix packed =
          PackedMatrix.pack(arena, workers, DType.F32, tensor(arena, transposed(w)));
      Activation left = Activation.of(tensor(arena, x));
      new ProductOverRows(new Workspace(workers), left, packed, Activation.of(y)).run();
      for (int output = 0; output < outputs; output++) {
        for (int input = 0; input < inputs; input++) {
          int expected = before[output][input];
          for (int row = 0; row < rows; row++) {
            expected += x[row][output] * w[row][input];
          }
          assertEquals(expected, y.get((long) output * inputs + input), output + ", " + input);
        }
      }
    }
  }
}
