package dev.ridgepoint.estimator;

/**
 * How rotary position embeddings are stretched beyond the context they were trained on: the {@code
 * rope_scaling} of a Hugging Face config.
 */
public sealed interface RopeScaling {

  /** Positions as they are. */
  record None() implements RopeScaling {}

  /** All frequencies divided by {@code factor}. */
  record Linear(double factor) implements RopeScaling {}

  /**
   * Llama 3.1's: low frequencies divided by {@code factor}, high ones kept, those between blended.
   */
  record Llama3(
      double factor, double lowFreqFactor, double highFreqFactor, int originalMaxPositionEmbeddings)
      implements RopeScaling {}
}
