package dev.ridgepoint.estimator.serving;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * A sample in five numbers. A percentile p is the least value that p % of the sample do not exceed
 * (nearest rank).
 *
 * @param mean NaN if the sample is empty, as are the others
 * @param p50 the median
 * @param p90 of ten, nine do not exceed it
 * @param p95 of twenty, nineteen
 * @param p99 of a hundred, ninety-nine
 */
public record Percentiles(double mean, double p50, double p90, double p95, double p99) {

  /** Those of a sample in any order. */
  public static Percentiles of(DoubleStream sample) {
    double[] sorted = sample.sorted().toArray();
    return new Percentiles(
        Arrays.stream(sorted).average().orElse(Double.NaN),
        rank(sorted, 50),
        rank(sorted, 90),
        rank(sorted, 95),
        rank(sorted, 99));
  }

  private static double rank(double[] sorted, int percent) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted[(int) Math.ceilDiv((long) percent * sorted.length, 100L) - 1];
  }
}
