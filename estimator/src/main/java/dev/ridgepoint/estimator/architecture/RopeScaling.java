package dev.ridgepoint.estimator.architecture;

import java.util.List;

/**
 * How rotary position embeddings are stretched beyond the context they were trained on: the {@code
 * rope_scaling} of a Hugging Face config, or what a GGUF file has of it.
 */
public sealed interface RopeScaling {

  /** Positions as they are. */
  record None() implements RopeScaling {}

  /**
   * All frequencies divided by {@code factor}.
   *
   * @param factor how many times longer the context becomes, at least 1
   */
  record Linear(double factor) implements RopeScaling {
    public Linear {
      requireFactor(factor);
    }
  }

  /**
   * Llama 3.1's: wavelengths longer than {@code originalMaxPositionEmbeddings / lowFreqFactor} are
   * stretched by {@code factor}, those shorter than {@code originalMaxPositionEmbeddings /
   * highFreqFactor} are kept, those between blended.
   *
   * @param factor how many times the long wavelengths are stretched, at least 1
   * @param lowFreqFactor bounds the stretched wavelengths, above 0
   * @param highFreqFactor bounds the kept wavelengths, above {@code lowFreqFactor}
   * @param originalMaxPositionEmbeddings positions of the first training, at least 1
   */
  record Llama3(
      double factor, double lowFreqFactor, double highFreqFactor, int originalMaxPositionEmbeddings)
      implements RopeScaling {
    public Llama3 {
      requireFactor(factor);
      Limits.requirePositive("low_freq_factor", lowFreqFactor);
      Limits.require(
          highFreqFactor >= lowFreqFactor && highFreqFactor < Double.POSITIVE_INFINITY,
          "high_freq_factor",
          highFreqFactor,
          "must be at least low_freq_factor, which is " + lowFreqFactor);
      requireOriginal(originalMaxPositionEmbeddings);
    }
  }

  /**
   * Each frequency divided by a number of its own: how GGUF stores what {@link Llama3} comes to.
   *
   * @param divisors of each pair of a head's elements, above 0
   */
  record Divided(List<Double> divisors) implements RopeScaling {
    public Divided {
      divisors = positive("rope_freqs", divisors);
    }
  }

  /**
   * NTK-aware scaling: the base of the frequencies grows with the length of a sequence that is
   * longer than those of the first training.
   *
   * @param factor how many times longer the context becomes, at least 1
   * @param originalMaxPositionEmbeddings positions of the first training, at least 1
   */
  record Dynamic(double factor, int originalMaxPositionEmbeddings) implements RopeScaling {
    public Dynamic {
      requireFactor(factor);
      requireOriginal(originalMaxPositionEmbeddings);
    }
  }

  /**
   * YaRN (Peng et al. 2023, arXiv:2309.00071): pairs that turn fewer than {@code betaSlow} times in
   * the first training's context are stretched by {@code factor}, those that turn more than {@code
   * betaFast} times are kept, those between blended.
   *
   * @param factor how many times longer the context becomes, at least 1
   * @param originalMaxPositionEmbeddings positions of the first training, at least 1
   * @param betaFast turns that bound the kept pairs, above {@code betaSlow}
   * @param betaSlow turns that bound the stretched pairs, above 0
   * @param attentionFactor factor of the rotated queries and keys, above 0
   * @param isTruncated whether the bounds are rounded to whole pairs
   */
  record Yarn(
      double factor,
      int originalMaxPositionEmbeddings,
      double betaFast,
      double betaSlow,
      double attentionFactor,
      boolean isTruncated)
      implements RopeScaling {
    /** The paper's, for Llama. */
    public static final double USUAL_BETA_FAST = 32;

    /** The paper's, for Llama. */
    public static final double USUAL_BETA_SLOW = 1;

    public Yarn {
      requireFactor(factor);
      requireOriginal(originalMaxPositionEmbeddings);
      Limits.requirePositive("beta_slow", betaSlow);
      Limits.require(
          betaFast > betaSlow && betaFast < Double.POSITIVE_INFINITY,
          "beta_fast",
          betaFast,
          "must be above beta_slow, which is " + betaSlow);
      Limits.requirePositive("attention_factor", attentionFactor);
    }

    /**
     * With the paper's bounds and magnitude.
     *
     * @param furtherFactor of the rotated queries and keys, above 0
     */
    public static Yarn usual(
        double factor, int originalMaxPositionEmbeddings, double furtherFactor) {
      return new Yarn(
          factor,
          originalMaxPositionEmbeddings,
          USUAL_BETA_FAST,
          USUAL_BETA_SLOW,
          furtherFactor * magnitude(factor, 1),
          true);
    }

    /** Whether the bounds of the ramp are the paper's. */
    public boolean hasUsualRamp() {
      return betaFast == USUAL_BETA_FAST && betaSlow == USUAL_BETA_SLOW && isTruncated;
    }

    /** What the attention factor has besides the paper's magnitude. */
    public double furtherFactor() {
      return attentionFactor / magnitude(factor, 1);
    }

    /**
     * What YaRN multiplies rotated queries and keys with when the context grows by {@code factor}
     * (equation 22), weighted as DeepSeek-V2 does.
     */
    public static double magnitude(double factor, double weight) {
      return factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
    }
  }

  /**
   * LongRoPE (Ding et al. 2024, arXiv:2402.13753): each frequency divided by a number of its own,
   * one for sequences within the first training's context and one for longer ones.
   *
   * @param shortDivisors of each pair, above 0
   * @param longDivisors of each pair in sequences longer than {@code
   *     originalMaxPositionEmbeddings}, above 0
   * @param originalMaxPositionEmbeddings positions of the first training, at least 1
   * @param shortAttentionFactor factor of the rotated queries and keys, above 0
   * @param longAttentionFactor the same in longer sequences, above 0
   */
  record LongRope(
      List<Double> shortDivisors,
      List<Double> longDivisors,
      int originalMaxPositionEmbeddings,
      double shortAttentionFactor,
      double longAttentionFactor)
      implements RopeScaling {
    public LongRope {
      shortDivisors = positive("short_factor", shortDivisors);
      longDivisors = positive("long_factor", longDivisors);
      requireOriginal(originalMaxPositionEmbeddings);
      Limits.requirePositive("attention_factor", shortAttentionFactor);
      Limits.requirePositive("attention_factor", longAttentionFactor);
    }
  }

  private static List<Double> positive(String field, List<Double> divisors) {
    divisors.forEach(divisor -> Limits.requirePositive(field, divisor));
    return List.copyOf(divisors);
  }

  private static void requireOriginal(int positions) {
    Limits.require(
        positions >= 1, "original_max_position_embeddings", positions, "must be at least 1");
  }

  private static void requireFactor(double factor) {
    Limits.require(
        factor >= 1 && factor < Double.POSITIVE_INFINITY, "factor", factor, "must be at least 1");
  }
}
