package dev.ridgepoint.bench.run;

import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * The score of one of JMH's results in average-time mode.
 *
 * @param seconds mean time of an invocation
 * @param secondsError half the width of its 99.9 % confidence interval, 0 where JMH has too few
 *     samples to say
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
    double error = metric.required("scoreError").asDouble(Double.NaN);
    return new JmhScore(
        metric.required("score").asDouble() * unit, Double.isNaN(error) ? 0 : error * unit);
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
