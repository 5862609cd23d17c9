package dev.ridgepoint.bench;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * The median of samples, and how far it is off at most.
 *
 * @param error half the width of the interval between two samples, counted from both ends alike,
 *     that holds the median with a confidence of 90 % whatever the distribution; of fewer than five
 *     samples half their range, which holds it less surely; empty of a single one
 */
public record MedianInterval(double median, OptionalDouble error) {
  private static final double CONFIDENCE = 0.9;

  /**
   * Of at least one sample.
   *
   * @throws IllegalArgumentException without samples
   */
  public static MedianInterval of(double... samples) {
    if (samples.length == 0) {
      throw new IllegalArgumentException("no samples");
    }
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    int outside = outside(sorted.length);
    int last = sorted.length - 1;
    return new MedianInterval(
        (sorted[last / 2] + sorted[sorted.length / 2]) / 2,
        last == 0
            ? OptionalDouble.empty()
            : OptionalDouble.of((sorted[last - outside] - sorted[outside]) / 2));
  }

  /**
   * How many of {@code count} ordered samples to leave out at each end. The median lies below the
   * k-th of n samples if fewer than k fall below it, each with probability 1/2: P(B(n, 1/2)
   * {@literal <} k) (David and Nagaraja, Order Statistics, 2003, section 7.1).
   */
  private static int outside(int count) {
    double probability = Math.pow(0.5, count);
    double below = 0;
    for (int k = 0; ; k++) {
      below += probability;
      if (1 - 2 * below < CONFIDENCE) {
        return Math.max(0, k - 1);
      }
      probability *= (double) (count - k) / (k + 1);
    }
  }
}
