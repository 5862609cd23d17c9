package dev.ridgepoint.bench.cli.options;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.Locale;

/** OptionChecks of flags. */
public final class OptionChecks {
  private OptionChecks() {}

  /**
   * @throws InvalidInputException one line with flag and value, unless it lies in min..max
   */
  public static void requireIn(String option, long value, long min, long max) {
    if (value < min || value > max) {
      throw new InvalidInputException(
          option, String.format(Locale.ROOT, "must lie in %d..%d, but is %d", min, max, value));
    }
  }

  /**
   * @throws InvalidInputException one line with flag and value, unless it is positive and finite
   */
  public static void requirePositive(String option, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new InvalidInputException(option, "must be positive and finite, but is " + value);
    }
  }

  /** As {@link #requireIn(String, long, long, long)}, of a fraction. */
  public static void requireIn(String option, double value, double min, double max) {
    if (!(value >= min && value <= max)) {
      throw new InvalidInputException(
          option, "must lie in %s..%s, but is %s".formatted(min, max, value));
    }
  }
}
