package dev.ridgepoint.estimator.input;

/** Checks of what the user gave, with messages of one line that name field and value. */
public final class Checks {
  private Checks() {}

  /**
   * @throws InvalidInputException unless {@code value} is at least 1
   */
  public static void requirePositive(String source, String field, long value) {
    require(value >= 1, source, field, value, "must be positive");
  }

  /**
   * @throws InvalidInputException unless {@code value} is above 0 and finite
   */
  public static void requirePositive(String source, String field, double value) {
    require(
        value > 0 && value < Double.POSITIVE_INFINITY,
        source,
        field,
        value,
        "must be positive and finite");
  }

  /**
   * @throws InvalidInputException unless {@code value} is 0 or more, and finite
   */
  public static void requireNotNegative(String source, String field, double value) {
    require(
        value >= 0 && value < Double.POSITIVE_INFINITY,
        source,
        field,
        value,
        "must be finite and not negative");
  }

  /**
   * @throws InvalidInputException unless {@code value} lies above 0 and at most at 1
   */
  public static void requireShare(String source, String field, double value) {
    require(value > 0 && value <= 1, source, field, value, "must lie above 0 and at most at 1");
  }

  /**
   * @throws InvalidInputException one line with the field, the rule and the value, unless the rule
   *     holds
   */
  public static void require(
      boolean holds, String source, String field, Object value, String rule) {
    if (!holds) {
      throw new InvalidInputException(source, "%s %s, but is %s".formatted(field, rule, value));
    }
  }
}
