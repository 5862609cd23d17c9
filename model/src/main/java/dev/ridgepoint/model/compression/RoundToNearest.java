package dev.ridgepoint.model.compression;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.model.checkpoint.TensorSpec;

/**
 * Rounds each weight to the nearest number of its block: what every other method is compared to.
 */
final class RoundToNearest {
  private RoundToNearest() {}

  /** A matrix [outputs, inputs] as {@code dtype} stores it. */
  static Tensor rounded(TensorSpec spec, float[] numbers, DType dtype, Workers workers) {
    int columns = ModelWeights.columns(spec);
    Tensor tensor = ModelWeights.allocate(spec, dtype);
    tensor.encode(
        workers,
        (row, target, offset) -> System.arraycopy(numbers, row * columns, target, offset, columns));
    return tensor;
  }

  /** The numbers that are left of a matrix. */
  static float[] numbers(TensorSpec spec, float[] numbers, DType dtype, Workers workers) {
    Tensor tensor = rounded(spec, numbers, dtype, workers);
    float[] left = new float[numbers.length];
    tensor.read(0, left, 0, left.length);
    return left;
  }
}
