package dev.ridgepoint.estimator.architecture;

import java.util.Objects;

/**
 * Rotary position embeddings (Su et al. 2021, arXiv:2104.09864): pair i of a head's first {@code
 * dim} elements is turned by {@code theta^(-2i / dim)} radians per position.
 *
 * @param dim elements of each query and key head that are turned, even; 0 without RoPE
 * @param theta base of the frequencies, above 0
 * @param scaling how they are stretched beyond the first training's context
 */
public record Rope(int dim, double theta, RopeScaling scaling) {
  /** The paper's base, section 3.2.2. */
  public static final double DEFAULT_THETA = 10_000;

  /** Heads without rotary positions. */
  public static final Rope NONE = new Rope(0, DEFAULT_THETA, new RopeScaling.None());

  /**
   * @throws IllegalArgumentException one line with the field and its value
   */
  public Rope {
    Limits.require(
        dim >= 0 && dim % 2 == 0,
        "rotary_dim",
        dim,
        "must be even, because RoPE rotates pairs, and not negative");
    Limits.requirePositive("rope_theta", theta);
    Objects.requireNonNull(scaling, "scaling");
  }

  /** Frequencies as they are, with the paper's base. */
  public static Rope of(int dim) {
    return new Rope(dim, DEFAULT_THETA, new RopeScaling.None());
  }

  /** The same, not stretched. */
  public Rope unscaled() {
    return new Rope(dim, theta, new RopeScaling.None());
  }
}
