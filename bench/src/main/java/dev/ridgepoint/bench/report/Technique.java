package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.text.Units;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * A technique of serving that was run on the report's model, beside its prediction. Ratios tell how
 * many times as fast the technique is as the usual way: below 1 it loses.
 *
 * @param name such as {@code KV cache}
 * @param compared what was done in both ways
 * @param predicted ratio of the times that the estimator predicts with this machine's kernels
 * @param measured median ratio of the times measured in turns
 * @param error of the median, as {@link dev.ridgepoint.bench.MedianInterval} has it
 * @param turns in which both ways were measured
 * @param usual what the usual way did in a turn
 * @param technique what the technique did
 * @param explanation why it gains or loses, in its numbers
 * @param formula of the prediction
 * @param source of technique or formula
 */
public record Technique(
    String name,
    String compared,
    double predicted,
    double measured,
    OptionalDouble error,
    int turns,
    Work usual,
    Work technique,
    String explanation,
    String formula,
    String source) {
  /** A prediction that is off by less is good. */
  private static final double TOLERANCE = 0.15;

  /**
   * What one way did in a turn.
   *
   * @param steps forward passes
   * @param tokens that they were fed
   * @param flops as the estimator counts them
   * @param bytes likewise
   * @param seconds measured of the time that counts, in the median
   */
  public record Work(int steps, long tokens, long flops, long bytes, double seconds) {}

  /** Whether it gains or loses, and whether that was predicted, in a sentence. */
  public String verdict() {
    return String.format(
        Locale.ROOT,
        "%s was predicted, %s measured%s: %s.",
        Units.times(predicted),
        Units.times(measured),
        error.isPresent() ? "" : " in a single turn",
        outcome());
  }

  private String outcome() {
    double noise = error.orElse(0);
    boolean gains = measured > 1;
    String does = gains ? "it gains" : "it loses";
    if (Math.abs(measured - 1) <= noise) {
      return noise <= TOLERANCE * measured
          ? "it makes no difference beyond the noise"
          : "the machine was too busy to say whether it gains";
    }
    if (gains != predicted > 1) {
      return does + ", unlike the prediction";
    }
    if (Math.abs(predicted / measured - 1) <= Math.max(TOLERANCE, noise / measured)) {
      return does + ", as predicted";
    }
    return does + (gains == measured > predicted ? " more" : " less") + " than predicted";
  }
}
