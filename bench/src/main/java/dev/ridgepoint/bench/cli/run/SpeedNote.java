package dev.ridgepoint.bench.cli.run;

import dev.ridgepoint.bench.MedianInterval;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.model.trace.TimedStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Why decoding stays far below the roof, as far as the program knows.
 *
 * @param areKernelsCompiled before the first step
 * @param operations of a step
 */
record SpeedNote(boolean areKernelsCompiled, int operations) {
  /** Steps at either end that are told apart. */
  private static final int AT_AN_END = 16;

  /** The roof does not need to be explained to steps that come this near. */
  private static final double NEAR_THE_ROOF = 0.5;

  /** Starting and ending an operation takes from one to some microseconds. */
  private static final double SHORT_OPERATION_SECONDS = 10e-6;

  /**
   * Of steps that were run.
   *
   * @param boundSeconds the least time that this machine needs for all of them, if it was measured
   */
  Optional<String> of(List<TimedStep> steps, Optional<Double> boundSeconds) {
    List<String> sentences = new ArrayList<>();
    if (!areKernelsCompiled) {
      sentences.add(
          "the model was loaded sooner than the kernels were compiled, which are many times as slow"
              + " until then"
              + ends(steps)
              + ".");
    }
    if (!steps.isEmpty()) {
      double seconds = median(last(steps)) / operations;
      boolean isFar =
          boundSeconds
              .filter(bound -> bound / steps.size() < NEAR_THE_ROOF * seconds * operations)
              .isPresent();
      if (isFar && seconds < SHORT_OPERATION_SECONDS) {
        sentences.add(
            String.format(
                Locale.ROOT,
                "the %,d operations of a step take %s each, little more than to start and end"
                    + " them.",
                operations,
                Units.seconds(seconds)));
      }
    }
    return sentences.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", sentences));
  }

  private static String ends(List<TimedStep> steps) {
    int count = atAnEnd(steps);
    return count == 0
        ? ""
        : String.format(
            Locale.ROOT,
            ": of the first %s of decoding the median took %s, of the last %s",
            Units.count(count, "step"),
            Units.seconds(median(steps.subList(0, count))),
            Units.seconds(median(last(steps))));
  }

  private static List<TimedStep> last(List<TimedStep> steps) {
    return steps.subList(steps.size() - Math.max(1, atAnEnd(steps)), steps.size());
  }

  private static int atAnEnd(List<TimedStep> steps) {
    return Math.min(AT_AN_END, steps.size() / 2);
  }

  private static double median(List<TimedStep> steps) {
    return MedianInterval.of(steps.stream().mapToDouble(TimedStep::seconds).toArray()).median();
  }
}
