package dev.ridgepoint.estimator.architecture;

/**
 * Bounds of sizes, far beyond any published model, so that a damaged file is refused. The messages
 * spell fields as {@code config.json} does, because that is where their reader will look.
 */
public final class Limits {
  /** Layers of one stack. */
  public static final int MAX_LAYERS = 10_000;

  /** Rows of the embedding. */
  public static final int MAX_VOCABULARY = 1 << 26;

  /** Width of the residual stream, and of all heads together. */
  public static final int MAX_WIDTH = 1 << 20;

  /** Width inside a feed-forward. */
  public static final int MAX_INTERMEDIATE = 1 << 22;

  /** Experts of one layer. */
  public static final int MAX_EXPERTS = 1 << 16;

  private Limits() {}

  /**
   * @throws IllegalArgumentException unless {@code value} lies in 1..max
   */
  public static void requireSize(String field, int value, int max) {
    require(value >= 1 && value <= max, field, value, "must lie in 1.." + max);
  }

  /**
   * @throws IllegalArgumentException unless {@code value} lies in 0..max
   */
  public static void requireSizeOrNone(String field, int value, int max) {
    require(value >= 0 && value <= max, field, value, "must lie in 0.." + max);
  }

  /**
   * @throws IllegalArgumentException unless {@code value} is above 0 and finite
   */
  public static void requirePositive(String field, double value) {
    require(value > 0 && value < Double.POSITIVE_INFINITY, field, value, "must be positive");
  }

  /**
   * @throws IllegalArgumentException unless {@code value} is 0, or above and finite
   */
  public static void requirePositiveOrNone(String field, double value) {
    require(value >= 0 && value < Double.POSITIVE_INFINITY, field, value, "must not be negative");
  }

  /**
   * @throws IllegalArgumentException one line with the field, the rule and the value, unless the
   *     rule holds
   */
  public static void require(boolean holds, String field, Object value, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(field + " " + rule + ", but is " + value);
    }
  }
}
