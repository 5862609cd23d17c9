package dev.ridgepoint.model.compression;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.model.checkpoint.TensorSpec;

/**
 * Rounds each weight to the nearest number of its group: what every other method is compared to.
 */
final class RoundToNearest {
  private RoundToNearest() {}

  /** How scales of groups are chosen. */
  private interface Scales {
    float of(float[] weights, int first, int end);
  }

  /** A matrix [outputs, inputs] as it is stored: in F16 where rows are no whole blocks. */
  static Tensor rounded(TensorSpec spec, float[] numbers, Grid grid, Workers workers) {
    return rounded(spec, numbers, grid, grid.blocks()::scale, workers);
  }

  /**
   * The same with the scales that leave the least error.
   *
   * @param importance as {@link Grid#bestScale} has it
   */
  static Tensor rounded(
      TensorSpec spec, float[] numbers, Grid grid, double[] importance, Workers workers) {
    return rounded(
        spec,
        numbers,
        grid,
        (weights, first, end) -> grid.bestScale(weights, first, end, importance),
        workers);
  }

  private static Tensor rounded(
      TensorSpec spec, float[] numbers, Grid grid, Scales scales, Workers workers) {
    int columns = ModelWeights.columns(spec);
    DType dtype = grid.blocks().dtype();
    if (columns % BlockGrid.BLOCK != 0) {
      return ModelWeights.stored(spec, numbers, dtype, workers);
    }
    Tensor tensor = ModelWeights.allocate(spec, dtype);
    workers.run(
        ModelWeights.rows(spec),
        1,
        (worker, from, to) -> {
          float[] weights = new float[columns];
          int[] quants = new int[columns];
          for (int row = from; row < to; row++) {
            System.arraycopy(numbers, row * columns, weights, 0, columns);
            round(weights, quants, grid, scales, tensor, row * dtype.bytes(columns));
          }
        });
    return tensor;
  }

  private static void round(
      float[] weights, int[] quants, Grid grid, Scales scales, Tensor target, long rowAt) {
    for (int first = 0; first < weights.length; ) {
      int end = grid.end(first, weights.length);
      float scale = scales.of(weights, first, end);
      for (int j = first; j < end; j++) {
        quants[j] = grid.blocks().quant(weights[j], scale);
      }
      grid.write(scale, quants, first, end, target, rowAt);
      first = end;
    }
  }

  /** The numbers that are left of a matrix. */
  static float[] numbers(TensorSpec spec, float[] numbers, Grid grid, Workers workers) {
    return ModelWeights.numbers(rounded(spec, numbers, grid, workers));
  }
}
