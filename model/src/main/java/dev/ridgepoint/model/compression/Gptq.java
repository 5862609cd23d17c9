package dev.ridgepoint.model.compression;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.model.checkpoint.TensorSpec;

/**
 * Rounds the weights of an output one after the other and corrects those that are left so that the
 * output stays what it was, as far as the calibration's inputs go (Frantar et al. 2022,
 * arXiv:2210.17323). With H = X^T X + damping and U the upper triangle of U^T U = H^-1, rounding
 * weight j by e moves every later weight k by -e U[j][k] / U[j][j].
 *
 * <p>Columns go in their own order, and each block's scale is chosen when its first column comes
 * up, from weights as they are corrected until then.
 */
final class Gptq {
  /** What is added to the diagonal of X^T X, of its mean: the paper's one percent. */
  private static final double DAMPING = 0.01;

  private final BlockGrid grid;
  private final int width;
  private final double[] upper;

  private Gptq(BlockGrid grid, int width, double[] upper) {
    this.grid = grid;
    this.width = width;
    this.upper = upper;
  }

  /**
   * For a layer's matrices.
   *
   * @param inputs that they multiply; a width of whole blocks
   */
  static Gptq of(BlockGrid grid, LayerInputs inputs) {
    int width = inputs.width();
    double[] hessian = inputs.products().clone();
    double trace = 0;
    for (int i = 0; i < width; i++) {
      trace += hessian[i * width + i];
    }
    // Inputs that were all zero say nothing: any positive number does.
    double damping = trace == 0 ? 1 : DAMPING * trace / width;
    for (int i = 0; i < width; i++) {
      hessian[i * width + i] += damping;
    }
    double[] lower = Cholesky.lower(Cholesky.inverse(hessian, width), width);
    double[] upper = new double[lower.length];
    for (int i = 0; i < width; i++) {
      for (int j = 0; j <= i; j++) {
        upper[j * width + i] = lower[i * width + j];
      }
    }
    return new Gptq(grid, width, upper);
  }

  /** A matrix [outputs, inputs] as the grid's type stores it. */
  Tensor rounded(TensorSpec spec, float[] numbers, Workers workers) {
    Tensor tensor = ModelWeights.allocate(spec, grid.dtype());
    long rowBytes = grid.dtype().bytes(width);
    workers.run(
        ModelWeights.rows(spec),
        1,
        (worker, from, to) -> {
          for (int row = from; row < to; row++) {
            float[] weights = new float[width];
            System.arraycopy(numbers, row * width, weights, 0, width);
            round(weights, tensor, row * rowBytes);
          }
        });
    return tensor;
  }

  /** Rounds the weights of one output, which are overwritten. */
  private void round(float[] weights, Tensor target, long at) {
    int[] quants = new int[BlockGrid.BLOCK];
    for (int first = 0; first < width; first += BlockGrid.BLOCK) {
      float scale = grid.scale(weights, first);
      for (int j = first; j < first + BlockGrid.BLOCK; j++) {
        quants[j - first] = grid.quant(weights[j], scale);
        double error = weights[j] - grid.value(quants[j - first], scale);
        double step = error / upper[j * width + j];
        for (int k = j + 1; k < width; k++) {
          weights[k] -= (float) (step * upper[j * width + k]);
        }
      }
      grid.write(scale, quants, target.segment(), at + grid.dtype().bytes(first));
    }
  }
}
