package dev.ridgepoint.bench.compare;

import dev.ridgepoint.bench.MedianInterval;
import dev.ridgepoint.bench.report.MeasuredPoint;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * New tokens of all sequences per second.
 *
 * @param tokensPerSecond of the median step
 * @param interval that holds the median with 90 %; empty where there are too few samples for one
 */
record Rate(double tokensPerSecond, Optional<Interval> interval) {

  /** From low to high; high may be infinite. */
  record Interval(double low, double high) {}

  /** Of a median time of a step, and half the width of its interval. */
  static Rate ofSeconds(double tokens, double seconds, OptionalDouble error, int samples) {
    return new Rate(
        tokens / seconds,
        interval(error, samples)
            .map(
                e ->
                    new Interval(
                        tokens / (seconds + e),
                        e < seconds ? tokens / (seconds - e) : Double.POSITIVE_INFINITY)));
  }

  /** Of samples of the rate, at least one. */
  static Rate ofSamples(double... tokensPerSecond) {
    MedianInterval median = MedianInterval.of(tokensPerSecond);
    return new Rate(
        median.median(),
        interval(median.error(), tokensPerSecond.length)
            .map(e -> new Interval(Math.max(0, median.median() - e), median.median() + e)));
  }

  private static Optional<Double> interval(OptionalDouble error, int samples) {
    return samples < MeasuredPoint.SAMPLES_OF_AN_INTERVAL
        ? Optional.empty()
        : Optional.of(error.getAsDouble());
  }
}
