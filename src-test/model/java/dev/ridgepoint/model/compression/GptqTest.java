package dev.ridgepoint.model.compression;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor.Part;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GptqTest {
  private static final int OUTPUTS = 7;
  private static final int WIDTH = 96;
  private static final TensorSpec SPEC =
      new TensorSpec(
          TensorRole.ATTENTION_OUTPUT, Part.WEIGHT, 0, List.of((long) OUTPUTS, (long) WIDTH));

  private static Workers workers;

  @BeforeAll
  static void open() {
    workers = new Workers(2);
  }

  @AfterAll
  static void close() {
    workers.close();
  }

  /** A scale for every block is what the codecs have. */
  @ParameterizedTest
  @EnumSource
  void roundsAsTheCodecDoes(BlockGrid grid) {
    float[] weights = numbers(new Random(6), OUTPUTS * WIDTH);
    assertArrayEquals(
        bytes(ModelWeights.stored(SPEC, weights, grid.dtype(), workers)),
        bytes(RoundToNearest.rounded(SPEC, weights, Grid.of(grid), workers)));
  }

  /** Blocks of a group have its scale; what is left at a row's end is a group. */
  @ParameterizedTest
  @CsvSource({"64, true, false", "128, true, true", "-1, true, true", "32, false, false"})
  void groupsShareAScale(int group, boolean firstTwo, boolean lastTwo) {
    float[] weights = numbers(new Random(8), OUTPUTS * WIDTH);
    LayerInputs inputs = new LayerInputs(WIDTH);
    inputs.add(correlated(new Random(9), 200), workers);
    Grid grid = new Grid(BlockGrid.Q4, group);
    for (Tensor tensor :
        List.of(
            RoundToNearest.rounded(SPEC, weights, grid, workers),
            Gptq.of(grid, inputs).rounded(SPEC, weights, workers))) {
      for (int row = 0; row < OUTPUTS; row++) {
        List<Short> scales = scales(tensor, row);
        assertEquals(firstTwo, scales.get(0).equals(scales.get(1)), "row " + row);
        assertEquals(lastTwo, scales.get(1).equals(scales.get(2)), "row " + row);
      }
    }
  }

  private static List<Short> scales(Tensor tensor, int row) {
    long at = row * DType.Q4_0.bytes(WIDTH);
    return Stream.of(0, 32, 64)
        .map(
            input ->
                tensor
                    .segment()
                    .get(ValueLayout.JAVA_SHORT_UNALIGNED, at + DType.Q4_0.bytes(input)))
        .toList();
  }

  /** Inputs that have nothing to do with each other leave nothing to correct. */
  @ParameterizedTest
  @EnumSource
  void withAnIdentityHessianIsRoundingToNearest(BlockGrid blocks) {
    LayerInputs inputs = new LayerInputs(WIDTH);
    float[] identity = new float[WIDTH * WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      identity[i * WIDTH + i] = 1;
    }
    inputs.add(identity, workers);
    float[] weights = numbers(new Random(1), OUTPUTS * WIDTH);
    Arrays.fill(weights, WIDTH, 2 * WIDTH, 0);
    Grid grid = Grid.of(blocks);
    Tensor rounded = Gptq.of(grid, inputs).rounded(SPEC, weights, workers);
    double[] ones = new double[WIDTH];
    Arrays.fill(ones, 1);
    Tensor nearest = RoundToNearest.rounded(SPEC, weights, grid, ones, workers);
    assertArrayEquals(bytes(nearest), bytes(rounded));
  }

  /** Of one large number and many small ones, the small ones gain if they count more. */
  @ParameterizedTest
  @EnumSource
  void theBestScaleHeedsWhatCounts(BlockGrid blocks) {
    float[] weights = numbers(new Random(3), 32);
    weights[5] = 10;
    double[] importance = new double[32];
    Arrays.fill(importance, 1);
    Grid grid = Grid.of(blocks);
    importance[5] = 1000;
    float whole = grid.bestScale(weights, 0, 32, importance);
    importance[5] = 0;
    float narrow = grid.bestScale(weights, 0, 32, importance);
    assertTrue(Math.abs(narrow) < Math.abs(whole), narrow + " of " + whole);
    assertEquals(0, Math.abs(grid.bestScale(new float[32], 0, 32, importance)));
  }

  @ParameterizedTest
  @EnumSource
  void withCorrelatedInputsTheOutputsAreCloser(BlockGrid grid) {
    Random random = new Random(2);
    float[] all = correlated(random, 300);
    LayerInputs inputs = new LayerInputs(WIDTH);
    inputs.add(all, workers);
    float[] weights = numbers(random, OUTPUTS * WIDTH);
    double nearest =
        squaredError(all, weights, RoundToNearest.numbers(SPEC, weights, Grid.of(grid), workers));
    Tensor rounded = Gptq.of(Grid.of(grid), inputs).rounded(SPEC, weights, workers);
    double corrected = squaredError(all, weights, numbers(rounded));
    assertTrue(corrected < nearest / 2, corrected + " of " + nearest);
  }

  /** The product with X^T X is the error of the outputs, summed one by one. */
  @Test
  void errorsOfOutputsAreThose() {
    Random random = new Random(3);
    float[] all = correlated(random, 50);
    LayerInputs inputs = new LayerInputs(WIDTH);
    inputs.add(Arrays.copyOf(all, 20 * WIDTH), workers);
    inputs.add(Arrays.copyOfRange(all, 20 * WIDTH, 50 * WIDTH), workers);
    assertEquals(50, inputs.rows());
    float[] before = numbers(random, OUTPUTS * WIDTH);
    float[] after = numbers(random, OUTPUTS * WIDTH);
    double expected = squaredError(all, before, after);
    // Sums of doubles in another order.
    assertEquals(
        expected, OutputError.squared(SPEC, before, after, inputs, workers), 1e-9 * expected);
    assertEquals(
        Math.sqrt(expected / squaredError(all, before, new float[before.length])),
        OutputError.relative(SPEC, before, after, inputs, workers),
        1e-9);
  }

  @Test
  void anInverseIsOne() {
    int n = 20;
    Random random = new Random(4);
    double[] factor = random.doubles(n * n, -1, 1).toArray();
    double[] matrix = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        for (int k = 0; k < n; k++) {
          matrix[i * n + j] += factor[i * n + k] * factor[j * n + k];
        }
      }
      matrix[i * n + i] += 0.1;
    }
    double[] inverse = Cholesky.inverse(matrix, n);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int k = 0; k < n; k++) {
          sum += matrix[i * n + k] * inverse[k * n + j];
        }
        assertEquals(i == j ? 1 : 0, sum, 1e-10);
      }
    }
    assertThrows(
        IllegalArgumentException.class, () -> Cholesky.lower(new double[] {1, 2, 2, 1}, 2));
  }

  /** Inputs of which a few directions carry most. */
  private static float[] correlated(Random random, int rows) {
    int directions = 6;
    float[] mixing = numbers(random, directions * WIDTH);
    float[] all = new float[rows * WIDTH];
    for (int row = 0; row < rows; row++) {
      float[] strength = numbers(random, directions);
      for (int i = 0; i < WIDTH; i++) {
        all[row * WIDTH + i] = 0.05f * (float) random.nextGaussian();
        for (int each = 0; each < directions; each++) {
          all[row * WIDTH + i] += strength[each] * mixing[each * WIDTH + i];
        }
      }
    }
    return all;
  }

  private static double squaredError(float[] inputs, float[] before, float[] after) {
    double sum = 0;
    for (int row = 0; row < inputs.length; row += WIDTH) {
      for (int output = 0; output < before.length; output += WIDTH) {
        double error = 0;
        for (int i = 0; i < WIDTH; i++) {
          error += (double) inputs[row + i] * ((double) after[output + i] - before[output + i]);
        }
        sum += error * error;
      }
    }
    return sum;
  }

  private static float[] numbers(Random random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  private static float[] numbers(Tensor tensor) {
    float[] numbers = new float[(int) tensor.elements()];
    tensor.read(0, numbers, 0, numbers.length);
    return numbers;
  }

  private static byte[] bytes(Tensor tensor) {
    return tensor.segment().toArray(ValueLayout.JAVA_BYTE);
  }
}
