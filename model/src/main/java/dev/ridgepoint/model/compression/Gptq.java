package dev.ridgepoint.model.compression;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Rounds the weights of an output one after the other and corrects those that are left so that the
 * output stays what it was, as far as the calibration's inputs go (Frantar et al. 2022,
 * arXiv:2210.17323). With H = X^T X + damping and U the upper triangle of U^T U = H^-1, rounding
 * weight j by e moves every later weight k by -e U[j][k] / U[j][j].
 *
 * <p>As the authors' program does when asked (act-order, static groups, mse), the columns of the
 * largest inputs go first, while most others are left to be corrected, and each group has the scale
 * that leaves the least error of its weights as they were.
 */
final class Gptq {
  /** What is added to the diagonal of X^T X, of its mean: the paper's one percent. */
  private static final double DAMPING = 0.01;

  private final Grid grid;
  private final double[] importance;
  private final int[] order;
  private final double[] upper;

  private Gptq(Grid grid, double[] importance, int[] order, double[] upper) {
    this.grid = grid;
    this.importance = importance;
    this.order = order;
    this.upper = upper;
  }

  /**
   * For a layer's matrices.
   *
   * @param inputs that they multiply; a width of whole blocks
   */
  static Gptq of(Grid grid, LayerInputs inputs) {
    int width = inputs.width();
    double[] importance = inputs.squares();
    int[] order =
        IntStream.range(0, width)
            .boxed()
            .sorted(Comparator.comparingDouble(channel -> -importance[channel]))
            .mapToInt(channel -> channel)
            .toArray();
    double[] products = inputs.products();
    double trace = 0;
    for (double square : importance) {
      trace += square;
    }
    // Inputs that were all zero say nothing: any positive number does.
    double damping = trace == 0 ? 1 : DAMPING * trace / width;
    double[] hessian = new double[products.length];
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < width; j++) {
        hessian[i * width + j] = products[order[i] * width + order[j]];
      }
      hessian[i * width + i] += damping;
    }
    double[] lower = Cholesky.lower(Cholesky.inverse(hessian, width), width);
    double[] upper = new double[lower.length];
    for (int i = 0; i < width; i++) {
      for (int j = 0; j <= i; j++) {
        upper[j * width + i] = lower[i * width + j];
      }
    }
    return new Gptq(grid, importance, order, upper);
  }

  /** A matrix [outputs, inputs] as the grid's type stores it. */
  Tensor rounded(TensorSpec spec, float[] numbers, Workers workers) {
    int width = order.length;
    Tensor tensor = ModelWeights.allocate(spec, grid.blocks().dtype());
    long rowBytes = grid.blocks().dtype().bytes(width);
    workers.run(
        ModelWeights.rows(spec),
        1,
        (worker, from, to) -> {
          for (int row = from; row < to; row++) {
            float[] weights = new float[width];
            System.arraycopy(numbers, row * width, weights, 0, width);
            float[] scales = scales(weights);
            write(scales, quants(weights, scales), tensor, row * rowBytes);
          }
        });
    return tensor;
  }

  /** The scale of each input's group. */
  private float[] scales(float[] weights) {
    float[] scales = new float[weights.length];
    for (int first = 0; first < weights.length; first = grid.end(first, weights.length)) {
      int end = grid.end(first, weights.length);
      Arrays.fill(scales, first, end, grid.bestScale(weights, first, end, importance));
    }
    return scales;
  }

  /** The integers of one output's weights. */
  private int[] quants(float[] weights, float[] scales) {
    int width = weights.length;
    float[] corrected = new float[width];
    for (int i = 0; i < width; i++) {
      corrected[i] = weights[order[i]];
    }
    int[] quants = new int[width];
    for (int i = 0; i < width; i++) {
      float scale = scales[order[i]];
      int quant = grid.blocks().quant(corrected[i], scale);
      quants[order[i]] = quant;
      double error = corrected[i] - grid.blocks().value(quant, scale);
      double step = error / upper[i * width + i];
      for (int k = i + 1; k < width; k++) {
        corrected[k] -= (float) (step * upper[i * width + k]);
      }
    }
    return quants;
  }

  private void write(float[] scales, int[] quants, Tensor target, long rowAt) {
    for (int first = 0; first < quants.length; first = grid.end(first, quants.length)) {
      grid.write(scales[first], quants, first, grid.end(first, quants.length), target, rowAt);
    }
  }
}
