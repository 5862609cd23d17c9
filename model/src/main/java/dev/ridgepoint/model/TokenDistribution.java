package dev.ridgepoint.model;

import dev.ridgepoint.estimator.inference.SpeculativeSampling;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Which tokens may come next, and how likely each is.
 *
 * @param tokens those that may, the likeliest first
 * @param weights how often each is drawn, up to a common factor
 */
public record TokenDistribution(int[] tokens, double[] weights) {

  /** Draws a token with one random number; without any if there is but one. */
  public int draw(RandomGenerator random) {
    if (tokens.length == 1) {
      return tokens[0];
    }
    double left = random.nextDouble() * sum();
    int index = 0;
    while (index < weights.length - 1 && left >= weights[index]) {
      left -= weights[index++];
    }
    return tokens[index];
  }

  /** The probability of a token; 0 of one that cannot come. */
  public double probability(int token) {
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i] == token) {
        return weights[i] / sum();
      }
    }
    return 0;
  }

  /** The probability of each id below {@code size}. */
  private double[] probabilities(int size) {
    double[] probabilities = new double[size];
    double sum = sum();
    for (int i = 0; i < tokens.length; i++) {
      probabilities[tokens[i]] = weights[i] / sum;
    }
    return probabilities;
  }

  /**
   * The probability that a token is kept which was drawn from a draft: min(1, p / q) (Leviathan et
   * al. 2023, arXiv:2211.17192, algorithm 1).
   *
   * @param token that the draft may yield
   */
  public double acceptance(int token, TokenDistribution draft) {
    return SpeculativeSampling.acceptance(probability(token), draft.probability(token));
  }

  /**
   * What to draw from instead of a token of the draft that was not kept: max(0, p - q), normalised.
   * A token is then as likely as by this distribution, whatever the draft.
   */
  public TokenDistribution afterRejection(TokenDistribution draft) {
    int size = 1 + Math.max(greatest(), draft.greatest());
    double[] rest =
        SpeculativeSampling.afterRejection(probabilities(size), draft.probabilities(size));
    double[] left = Arrays.stream(tokens).mapToDouble(token -> rest[token]).toArray();
    // Distributions that differ by rounding alone leave nothing.
    return Arrays.stream(left).sum() > 0 ? new TokenDistribution(tokens, left) : this;
  }

  private double sum() {
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    return sum;
  }

  private int greatest() {
    return Arrays.stream(tokens).max().orElseThrow();
  }
}
