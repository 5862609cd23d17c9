package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.RowSource;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class WeightsTest {

  /** A checkpoint's weights, but for one that F16 cannot hold. */
  private record Great(WeightSource source, String name) implements WeightSource {
    @Override
    public RowSource matrix(TensorSpec spec) {
      RowSource rows = source.matrix(spec);
      return (row, target, offset) -> {
        rows.read(row, target, offset);
        if (row == 3 && spec.name().equals(name)) {
          target[offset + 1] = 7e4f;
        }
      };
    }

    @Override
    public float[] vector(TensorSpec spec) {
      return source.vector(spec);
    }
  }

  @Test
  void namesTheMatrixThatF16CannotHold() {
    try (Checkpoint checkpoint =
            Checkpoint.open(TestResources.path("logits/llama-gqa").resolve("hf-f32"));
        Workers workers = new Workers(2);
        Arena arena = Arena.ofShared()) {
      String name = "model.layers.1.mlp.down_proj.weight";
      InvalidInputException thrown =
          assertThrows(
              InvalidInputException.class,
              () ->
                  Weights.load(
                      checkpoint.architecture(),
                      new Great(new CheckpointWeights(checkpoint), name),
                      MatrixTypes.all(DType.F16),
                      arena,
                      workers,
                      (done, total) -> {}));
      assertEquals(name + ": cannot pack 70000.0 as F16", thrown.getMessage());
    }
  }
}
