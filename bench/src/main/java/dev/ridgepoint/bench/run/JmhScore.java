package dev.ridgepoint.bench.run;

import dev.ridgepoint.bench.MedianInterval;
import java.util.Arrays;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.OptionalDouble;
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
 * @param secondsError the median's error, as {@link MedianInterval} has it
 * @param samples iterations
 */
public record JmhScore(double seconds, OptionalDouble secondsError, int samples) {

  /**
   * Reads a result in JMH's JSON format.
   *
   * @throws IllegalArgumentException if its unit is no time per operation
   */
  public static JmhScore of(JsonNode result) {
    JsonNode metric = result.required("primaryMetric");
    double unit = secondsOf(metric.required("scoreUnit").asString());
    double[] seconds = Arrays.stream(samples(metric)).map(time -> unit * time).toArray();
    MedianInterval interval = MedianInterval.of(seconds);
    return new JmhScore(interval.median(), interval.error(), seconds.length);
  }

  /** The error relative to the time; empty of a single sample. */
  OptionalDouble relativeError() {
    return secondsError.isPresent()
        ? OptionalDouble.of(secondsError.getAsDouble() / seconds)
        : OptionalDouble.empty();
  }

  /**
   * What another metric was while the score was typical: in the third of the iterations around the
   * median score. On a machine that changes between two speeds its own median may come from other
   * iterations than the score's.
   *
   * @param metric with a value for each iteration
   */
  static DoubleSummaryStatistics whileTypical(JsonNode result, JsonNode metric) {
    double[] scores = samples(result.required("primaryMetric"));
    double[] values = samples(metric);
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> scores[i]))
        .skip(scores.length / 3)
        .limit(scores.length - 2L * (scores.length / 3))
        .mapToDouble(i -> values[i])
        .summaryStatistics();
  }

  /** The greatest value of a metric in any iteration. */
  static double greatest(JsonNode metric) {
    return Arrays.stream(samples(metric)).max().orElseThrow();
  }

  private static double[] samples(JsonNode metric) {
    return StreamSupport.stream(metric.required("rawData").spliterator(), false)
        .flatMapToDouble(JmhScore::iterations)
        .toArray();
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
