package dev.ridgepoint.model;

import dev.ridgepoint.engine.Tensor;
import java.util.Comparator;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Chooses the next token from logits. The same seed and logits give the same tokens.
 *
 * @param temperature logits are divided by it; 0 always takes the likeliest token
 * @param topK keep only that many likeliest tokens; 0 keeps all
 * @param topP then keep only the fewest tokens whose probabilities sum to it; 1 keeps all (nucleus
 *     sampling: Holtzman et al. 2020, arXiv:1904.09751)
 */
public record Sampler(double temperature, int topK, double topP, RandomGenerator random) {

  public Sampler {
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException("temperature must be 0 or more, but is " + temperature);
    }
    if (topK < 0) {
      throw new IllegalArgumentException("topK must be 0 or more, but is " + topK);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("topP must lie in (0, 1], but is " + topP);
    }
  }

  /** Always the likeliest token; the lowest id among equals. */
  public static Sampler greedy() {
    return new Sampler(0, 0, 1, RandomGenerator.getDefault());
  }

  /**
   * The next token.
   *
   * @param logits {@code [rows][vocabSize]}
   * @param row which row to choose from
   * @throws ArithmeticException if no logit is a number
   */
  public int next(Tensor logits, int row) {
    float[] values = new float[logits.size(1)];
    logits.read((long) row * values.length, values, 0, values.length);
    int likeliest = likeliest(values);
    if (temperature == 0) {
      return likeliest;
    }
    int[] candidates = candidates(values);
    double[] cumulative = new double[candidates.length];
    double sum = 0;
    for (int i = 0; i < candidates.length; i++) {
      sum += Math.exp((values[candidates[i]] - values[likeliest]) / temperature);
      cumulative[i] = sum;
    }
    int kept = nucleus(cumulative, topP * sum);
    double drawn = random.nextDouble() * cumulative[kept - 1];
    for (int i = 0; i < kept - 1; i++) {
      if (drawn < cumulative[i]) {
        return candidates[i];
      }
    }
    return candidates[kept - 1];
  }

  /** Tokens from the likeliest on, ties by id, as many as top-k keeps. */
  private int[] candidates(float[] values) {
    IntStream all = IntStream.range(0, values.length).filter(id -> !Float.isNaN(values[id]));
    if (topK == 0 && topP == 1) {
      return all.toArray();
    }
    return all.boxed()
        .sorted(Comparator.comparingDouble(id -> -values[id]))
        .limit(topK == 0 ? Long.MAX_VALUE : topK)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static int nucleus(double[] cumulative, double mass) {
    for (int i = 0; i < cumulative.length; i++) {
      if (cumulative[i] >= mass) {
        return i + 1;
      }
    }
    return cumulative.length;
  }

  private static int likeliest(float[] values) {
    int best = -1;
    for (int id = 0; id < values.length; id++) {
      if (!Float.isNaN(values[id]) && (best < 0 || values[id] > values[best])) {
        best = id;
      }
    }
    if (best < 0) {
      throw new ArithmeticException("no logit is a number");
    }
    return best;
  }
}
