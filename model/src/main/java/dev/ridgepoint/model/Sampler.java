package dev.ridgepoint.model;

import dev.ridgepoint.engine.Tensor;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/**
 * Chooses the next token from logits. The same seed and logits give the same tokens; each token
 * takes one random number.
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
   * The next token.
   *
   * @param logits {@code [rows][vocabSize]}
   * @param row which row to choose from
   * @param seen tokens that the sequence holds, for the penalty of repetition
   * @throws ArithmeticException if no logit is a number
   */
  public int next(Tensor logits, int row, BitSet seen) {
    float[] values = new float[logits.size(1)];
    logits.read((long) row * values.length, values, 0, values.length);
    Sampling.Candidates candidates = sampling.candidates(values, seen);
    return candidates.tokens()[drawn(candidates.weights())];
  }

  private int drawn(double[] weights) {
    if (weights.length == 1) {
      return 0;
    }
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    double left = random.nextDouble() * sum;
    int index = 0;
    while (index < weights.length - 1 && left >= weights[index]) {
      left -= weights[index++];
    }
    return index;
  }
}
