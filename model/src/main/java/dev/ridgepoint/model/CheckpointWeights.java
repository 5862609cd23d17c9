package dev.ridgepoint.model;

import dev.ridgepoint.engine.RowSource;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.checkpoint.TensorSpec;

/**
 * Weights of a checkpoint, read from its mapped files row by row.
 *
 * @param checkpoint stays the caller's, who closes it once the weights are packed
 */
public record CheckpointWeights(Checkpoint checkpoint) implements WeightSource {

  @Override
  public RowSource matrix(TensorSpec spec) {
    return checkpoint.rows(spec);
  }

  @Override
  public float[] vector(TensorSpec spec) {
    Tensor tensor = checkpoint.tensor(spec);
    float[] vector = new float[tensor.size(0)];
    tensor.read(0, vector, 0, vector.length);
    return vector;
  }

  @Override
  public void release(TensorSpec spec) {
    checkpoint.release(spec);
  }
}
