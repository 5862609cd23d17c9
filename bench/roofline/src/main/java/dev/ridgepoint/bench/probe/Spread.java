package dev.ridgepoint.bench.probe;

import java.util.Arrays;

/**
 * How far repetitions of one measurement lie apart. A ceiling is the maximum, since nothing but
 * disturbance separates the others from it.
 *
 * @param repetitions how often it was measured
 */
public record Spread(double min, double median, double max, int repetitions) {

  /**
   * The spread of at least one sample.
   *
   * @throws IllegalArgumentException without samples
   */
  public static Spread of(double... samples) {
    if (samples.length == 0) {
      throw new IllegalArgumentException("no samples");
    }
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(sorted[0], median, sorted[sorted.length - 1], sorted.length);
  }

  /** All repetitions of both; the median is the mean of both, weighted. */
  public Spread and(Spread other) {
    int both = repetitions + other.repetitions;
    return new Spread(
        Math.min(min, other.min),
        (median * repetitions + other.median * other.repetitions) / both,
        Math.max(max, other.max),
        both);
  }
}
