package dev.ridgepoint.model.compression;

import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.util.Arrays;

/**
 * Sets the weights to zero that matter least: those whose magnitude times the norm of their input
 * is the smallest among those that they are compared with (Wanda: Sun et al. 2023,
 * arXiv:2306.11695). What is left stays as it was.
 */
final class Pruning {
  private final int group;
  private final int zeros;

  private Pruning(int group, int zeros) {
    this.group = group;
    this.zeros = zeros;
  }

  /** A share of the weights of each output. */
  static Pruning share(double share, int width) {
    return new Pruning(width, (int) Math.round(share * width));
  }

  /**
   * {@code zeros} of every {@code group} neighbours, which some processors skip: 2 of 4 (Mishra et
   * al. 2021, arXiv:2104.08378). Neighbours at a row's end that are fewer stay.
   */
  static Pruning pattern(int zeros, int group) {
    return new Pruning(group, zeros);
  }

  /** A matrix [outputs, inputs] with its least weights set to zero. */
  float[] pruned(TensorSpec spec, float[] numbers, LayerInputs inputs) {
    int width = ModelWeights.columns(spec);
    double[] norms = new double[width];
    Arrays.setAll(norms, channel -> Math.sqrt(inputs.squares(channel)));
    float[] pruned = numbers.clone();
    for (int row = 0; row < pruned.length; row += width) {
      for (int first = 0; first + group <= width; first += group) {
        prune(pruned, row + first, norms, first);
      }
    }
    return pruned;
  }

  /** Of equal scores the first goes. */
  private void prune(float[] numbers, int at, double[] norms, int channel) {
    Integer[] order = new Integer[group];
    Arrays.setAll(order, i -> i);
    double[] scores = new double[group];
    Arrays.setAll(scores, i -> Math.abs(numbers[at + i]) * norms[channel + i]);
    Arrays.sort(order, (left, right) -> Double.compare(scores[left], scores[right]));
    for (int i = 0; i < zeros; i++) {
      numbers[at + order[i]] = 0;
    }
  }
}
