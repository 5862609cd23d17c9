package dev.ridgepoint.bench.run;

import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * The score of one of JMH's results in average-time mode: the median of its iterations, because a
 * mean is drawn away by the few in which a shared machine was busy with something else.
 *
 * @param seconds median time of an invocation
 * @param secondsError the median's error, as {@link MedianInterval} has it
 */
public record JmhScore(double seconds, double secondsError) {

  /**
   * Reads a result in JMH's JSON format.
   *
   * @throws IllegalArgumentException if its unit is no time per operation
   */
  public static JmhScore of(JsonNode result) {
    JsonNode metric = result.required("primaryMetric");
    double unit = secondsOf(metric.required("scoreUnit").asString());
    MedianInterval interval = interval(metric);
    return new JmhScore(unit * interval.median(), unit * interval.error());
  }

  /** The median over all iterations of a metric, in the metric's unit. */
  static double median(JsonNode metric) {
    return interval(metric).median();
  }

  private static MedianInterval interval(JsonNode metric) {
    return MedianInterval.of(
        StreamSupport.stream(metric.required("rawData").spliterator(), false)
            .flatMapToDouble(JmhScore::iterations)
            .toArray());
  }

  private static DoubleStream iterations(JsonNode fork) {
    return StreamSupport.stream(fork.spliterator(), false).mapToDouble(JsonNode::asDouble);
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
