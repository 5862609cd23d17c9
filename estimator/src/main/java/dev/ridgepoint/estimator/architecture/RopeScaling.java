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
      require(lowFreqFactor > 0, "low_freq_factor", lowFreqFactor, "must be positive");
      require(
          highFreqFactor > lowFreqFactor && highFreqFactor < Double.POSITIVE_INFINITY,
          "high_freq_factor",
          highFreqFactor,
          "must be above low_freq_factor, which is " + lowFreqFactor);
      require(
          originalMaxPositionEmbeddings >= 1,
          "original_max_position_embeddings",
          originalMaxPositionEmbeddings,
          "must be at least 1");
    }
  }

  /**
   * Each frequency divided by a number of its own: how GGUF stores what {@link Llama3} comes to.
   *
   * @param divisors of each pair of a head's elements, above 0
   */
  record Divided(List<Double> divisors) implements RopeScaling {
    public Divided {
      divisors = List.copyOf(divisors);
      for (double divisor : divisors) {
        require(
            divisor > 0 && divisor < Double.POSITIVE_INFINITY,
            "rope_freqs",
            divisor,
            "must be positive");
      }
    }
  }

  private static void requireFactor(double factor) {
    require(
        factor >= 1 && factor < Double.POSITIVE_INFINITY, "factor", factor, "must be at least 1");
  }

  private static void require(boolean holds, String field, Object value, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(field + " " + rule + ", but is " + value);
    }
  }
}
