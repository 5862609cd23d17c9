package dev.ridgepoint.model;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import java.util.PriorityQueue;

/**
 * From which tokens the next one is drawn, and how likely each is. The steps are taken in the order
 * of the components, which is that of Hugging Face's {@code generate}; llama.cpp divides by the
 * temperature last, after the cuts.
 *
 * @param repeatPenalty logits of tokens that the sequence holds already, prompt included, are
 *     divided by it where they are positive and multiplied with it where they are negative; 1
 *     leaves them (Keskar et al. 2019, arXiv:1909.05858, section 4.1)
 * @param temperature logits are divided by it; 0 always takes the likeliest token
 * @param topK keep only that many likeliest tokens; 0 keeps all
 * @param topP then keep only the fewest likeliest tokens whose probabilities sum to it; 1 keeps all
 *     (nucleus sampling: Holtzman et al. 2020, arXiv:1904.09751)
 * @param minP then keep only tokens at least that many times as likely as the likeliest; 0 keeps
 *     all (Nguyen et al. 2024, arXiv:2407.01082)
 */
public record Sampling(
    double repeatPenalty, double temperature, int topK, double topP, double minP) {

  /** Always the likeliest token. */
  public static final Sampling GREEDY = new Sampling(1, 0, 0, 1, 0);

  public Sampling {
    require(
        repeatPenalty > 0 && repeatPenalty < Double.POSITIVE_INFINITY,
        "repeatPenalty must be positive and finite",
        repeatPenalty);
    require(
        temperature >= 0 && temperature < Double.POSITIVE_INFINITY,
        "temperature must be 0 or more, and finite",
        temperature);
    require(topK >= 0, "topK must be 0 or more", topK);
    require(topP > 0 && topP <= 1, "topP must lie in (0, 1]", topP);
    require(minP >= 0 && minP <= 1, "minP must lie in [0, 1]", minP);
  }

  private static void require(boolean holds, String rule, Number value) {
    if (!holds) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "%s, but is %s", rule, value));
    }
  }

  /**
   * The tokens left by all steps.
   *
   * @param logits of the whole vocabulary; penalised in place. What is no number is left out
   * @param seen tokens that the sequence holds
   * @throws ArithmeticException if no logit is a number
   */
  TokenDistribution distribution(float[] logits, BitSet seen) {
    penalise(logits, seen);
    int most = temperature == 0 ? 1 : topK == 0 ? logits.length : Math.min(topK, logits.length);
    int[] tokens = likeliest(logits, most);
    double[] weights = new double[tokens.length];
    double sum = 0;
    for (int i = 0; i < tokens.length; i++) {
      weights[i] =
          i == 0 ? 1 : Math.exp((logits[tokens[i]] - (double) logits[tokens[0]]) / temperature);
      sum += weights[i];
    }
    int kept = nucleus(weights, topP * sum);
    while (weights[kept - 1] < minP) {
      kept--;
    }
    return new TokenDistribution(Arrays.copyOf(tokens, kept), Arrays.copyOf(weights, kept));
  }

  private void penalise(float[] logits, BitSet seen) {
    if (repeatPenalty == 1) {
      return;
    }
    for (int id = seen.nextSetBit(0); id >= 0; id = seen.nextSetBit(id + 1)) {
      double logit = logits[id];
      logits[id] = (float) (logit > 0 ? logit / repeatPenalty : logit * repeatPenalty);
    }
  }

  private int nucleus(double[] weights, double mass) {
    if (topP == 1) {
      return weights.length;
    }
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i];
      if (sum >= mass) {
        return i + 1;
      }
    }
    return weights.length;
  }

  /** The {@code most} likeliest tokens from the likeliest on, the lower id first among equals. */
  private static int[] likeliest(float[] logits, int most) {
    long[] keys = new long[logits.length];
    int count = 0;
    for (int id = 0; id < logits.length; id++) {
      if (!Float.isNaN(logits[id])) {
        keys[count++] = key(logits[id], id);
      }
    }
    if (count == 0) {
      throw new ArithmeticException("no logit is a number");
    }
    long[] best = most < count ? largest(keys, count, most) : Arrays.copyOf(keys, count);
    Arrays.sort(best);
    int[] tokens = new int[best.length];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = ~(int) best[best.length - 1 - i];
    }
    return tokens;
  }

  /** A number that is the larger, the larger the logit, or at the same logit the lower the id. */
  private static long key(float logit, int id) {
    int bits = Float.floatToIntBits(logit + 0.0f); // -0 becomes 0
    int ascending = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    return ((long) ascending << Integer.SIZE) | Integer.toUnsignedLong(~id);
  }

  /** In any order. Few keys of a vocabulary enter the queue, so that it costs one pass. */
  private static long[] largest(long[] keys, int count, int most) {
    PriorityQueue<Long> best = new PriorityQueue<>(most);
    for (int i = 0; i < count; i++) {
      if (best.size() < most) {
        best.add(keys[i]);
      } else if (keys[i] > best.peek()) {
        best.remove();
        best.add(keys[i]);
      }
    }
    return best.stream().mapToLong(Long::longValue).toArray();
  }
}
