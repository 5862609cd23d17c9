package dev.ridgepoint.model;

import dev.ridgepoint.engine.Tensor;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/**
 * Chooses the next token from logits. The same seed and logits give the same tokens; each token
 * takes one random number, unless a draft has drawn it before.
 *
 * @param sampling how likely each token is
 * @param random what decides
 */
public record Sampler(Sampling sampling, RandomGenerator random) {

  /** Always the likeliest token; the lowest id among equals. */
  public static Sampler greedy() {
    return new Sampler(Sampling.GREEDY, RandomGenerator.getDefault());
  }

  /**
   * What the next token is drawn from.
   *
   * @param logits {@code [rows][vocabSize]}
   * @param row which row to choose from
   * @param seen tokens that the sequence holds, for the penalty of repetition
   * @throws ArithmeticException if no logit is a number
   */
  public TokenDistribution distribution(Tensor logits, int row, BitSet seen) {
    float[] values = new float[logits.size(1)];
    logits.read((long) row * values.length, values, 0, values.length);
    return sampling.distribution(values, seen);
  }

  /** The next token, of what {@link #distribution} says. */
  public int next(Tensor logits, int row, BitSet seen) {
    return distribution(logits, row, seen).draw(random);
  }

  /**
   * The next token where a draft has drawn one: that one, or another, with the probabilities of
   * {@code own}. It takes one random number, and another one where the guess is not kept.
   *
   * @param guess drawn from {@code draft}
   */
  public int next(TokenDistribution own, int guess, TokenDistribution draft) {
    return random.nextDouble() < own.acceptance(guess, draft)
        ? guess
        : own.afterRejection(draft).draw(random);
  }
}
