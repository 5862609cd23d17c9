package dev.ridgepoint.model.compression;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor.Part;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PruningTest {
  private static final TensorSpec SPEC =
      new TensorSpec(TensorRole.ATTENTION_OUTPUT, Part.WEIGHT, 0, List.of(2L, 4L));

  /** Norms 1, 2, 3, 4: scores of the first row 4, 6, 6, 4, of the second 5, 2, 3, 4. */
  @Test
  void theLeastProductsOfWeightAndInputGo() {
    LayerInputs inputs = inputs(new float[] {1, 2, 3, 4});
    float[] matrix = {-4, 3, 2, 1, 5, 1, -1, 1};
    assertArrayEquals(
        new float[] {0, 3, 2, 0, 5, 0, 0, 1}, Pruning.share(0.5, 4).pruned(SPEC, matrix, inputs));
    assertArrayEquals(
        new float[] {0, 3, 2, 1, 5, 0, -1, 1}, Pruning.share(0.25, 4).pruned(SPEC, matrix, inputs));
    assertArrayEquals(matrix, Pruning.share(0, 4).pruned(SPEC, matrix, inputs));
  }

  @Test
  void twoOfFourAreZeroAndTheRestIsAsItWas() {
    int width = 30;
    TensorSpec spec =
        new TensorSpec(TensorRole.ATTENTION_OUTPUT, Part.WEIGHT, 0, List.of(5L, (long) width));
    Random random = new Random(1);
    float[] norms = new float[width];
    float[] matrix = new float[5 * width];
    for (int i = 0; i < matrix.length; i++) {
      matrix[i] = (float) random.nextGaussian();
      norms[i % width] = 1 + random.nextFloat();
    }
    float[] pruned = Pruning.pattern(2, 4).pruned(spec, matrix, inputs(norms));
    for (int row = 0; row < 5; row++) {
      for (int first = 0; first < width; first += 4) {
        int zeros = 0;
        for (int i = first; i < Math.min(first + 4, width); i++) {
          float value = pruned[row * width + i];
          zeros += value == 0 ? 1 : 0;
          assertEquals(value == 0 ? 0 : matrix[row * width + i], value);
        }
        assertEquals(first + 4 <= width ? 2 : 0, zeros);
      }
    }
  }

  /** One row of inputs: its magnitudes are the norms. */
  private static LayerInputs inputs(float[] row) {
    LayerInputs inputs = new LayerInputs(row.length);
    try (Workers workers = new Workers(1)) {
      inputs.add(row, workers);
    }
    return inputs;
  }
}
