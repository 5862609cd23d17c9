package dev.ridgepoint.bench.run;

import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * The score of one of JMH's results in average-time mode: the median of its iterations, because a
 * mean is drawn away by the few in which a shared machine was busy with something else.
 *
 * @param seconds median time of an invocation
 * @param secondsError half the width of the interval between two iterations, counted from both ends
 *     alike, that holds the median with a confidence of 90 % whatever the distribution; of fewer
 *     than five iterations half their range, and 0 of a single one
 */
public record JmhScore(double seconds, double secondsError) {
  private static final double CONFIDENCE = 0.9;

  /**
   * Reads a result in JMH's JSON format.
   *
   * @throws IllegalArgumentException if its unit is no time per operation
   */
  public static JmhScore of(JsonNode result) {
    JsonNode metric = result.required("primaryMetric");
    double unit = secondsOf(metric.required("scoreUnit").asString());
    double[] sorted = sorted(metric);
    int outside = outside(sorted.length);
    int last = sorted.length - 1;
    return new JmhScore(
        unit * median(sorted), unit * (sorted[last - outside] - sorted[outside]) / 2);
  }

  /**
   * What another metric was while the score was typical: its mean over the third of the iterations
   * around the median score. On a machine that changes between two speeds its own median may come
   * from other iterations than the score's.
   *
   * @param metric with a value for each iteration
   */
  static double aroundMedian(JsonNode result, JsonNode metric) {
    double[] scores = unsorted(result.required("primaryMetric"));
    double[] values = unsorted(metric);
    int[] typical =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> scores[i]))
            .skip(scores.length / 3)
            .limit(scores.length - 2L * (scores.length / 3))
            .mapToInt(i -> i)
            .toArray();
    return Arrays.stream(typical).mapToDouble(i -> values[i]).average().orElseThrow();
  }

  /** The greatest value of a metric in any iteration. */
  static double greatest(JsonNode metric) {
    return Arrays.stream(unsorted(metric)).max().orElseThrow();
  }

  private static double median(double[] sorted) {
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  private static double[] sorted(JsonNode metric) {
    double[] values = unsorted(metric);
    Arrays.sort(values);
    return values;
  }

  private static double[] unsorted(JsonNode metric) {
    return StreamSupport.stream(metric.required("rawData").spliterator(), false)
        .flatMapToDouble(JmhScore::iterations)
        .toArray();
  }

  private static DoubleStream iterations(JsonNode fork) {
    return StreamSupport.stream(fork.spliterator(), false).mapToDouble(JsonNode::asDouble);
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

  private static double secondsOf(String unit) {
    TimeUnit time =
        switch (unit) {
          case "s/op" -> TimeUnit.SECONDS;
          case "ms/op" -> TimeUnit.MILLISECONDS;
          case "us/op" -> TimeUnit.MICROSECONDS;
          case "ns/op" -> TimeUnit.NANOSECONDS;
          default -> throw new IllegalArgumentException("not a time per operation: " + unit);
        };
    return time.toNanos(1) / 1e9;
  }
}
