package dev.ridgepoint.estimator.inference;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Attention;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.RepeatedOperation;
import dev.ridgepoint.estimator.operation.Step;
import java.math.BigInteger;
import java.util.Collections;
import java.util.List;

/**
 * A paper's short formula, beside the exact count of matrix products (causal attention, logits at
 * every position, as in training) for this model and this many tokens.
 *
 * @param name the rule
 * @param estimate what it says, FLOPs
 * @param exact what is counted, FLOPs
 * @param source where the rule is from
 */
public record RuleOfThumb(String name, BigInteger estimate, BigInteger exact, String source) {
  /** A backward pass is two products for each of the forward pass. */
  private static final BigInteger TRAINING_FACTOR = BigInteger.valueOf(3);

  private static final String KAPLAN = "Kaplan et al. 2020, arXiv:2001.08361, section 2.1";
  private static final String MEGATRON =
      "Narayanan et al. 2021, arXiv:2104.04473, appendix: plain feed-forward of 4h";
  private static final String PALM = "Chowdhery et al. 2022, arXiv:2204.02311, appendix B";

  /** How far the rule is off: 0.1 says a tenth too much. */
  public double relativeError() {
    return estimate.doubleValue() / exact.doubleValue() - 1;
  }

  /**
   * All rules for {@code batch} sequences of {@code newTokens} tokens.
   *
   * @param architecture a decoder alone
   * @throws IllegalArgumentException if it has no decoder
   */
  public static List<RuleOfThumb> all(
      Architecture architecture, ForwardOptions options, int batch, int newTokens) {
    Step.Sequence sequence = new Step.Sequence(newTokens, 0, newTokens);
    Step step = new Step(Collections.nCopies(batch, sequence));
    Cost total = RepeatedOperation.total(architecture, options, step);
    BigInteger forward = BigInteger.valueOf(total.matmulFlops());
    BigInteger training = forward.multiply(TRAINING_FACTOR);
    ParameterCount active = ParameterCount.active(architecture);
    BigInteger tokens = product(batch, newTokens);
    BigInteger all = BigInteger.valueOf(active.total());
    BigInteger nonEmbedding = BigInteger.valueOf(active.nonEmbedding());
    BigInteger megatron = layerRule(architecture, tokens, newTokens);
    BigInteger palm =
        all.multiply(product(6)).add(attentionRule(architecture, newTokens)).multiply(tokens);
    return List.of(
        new RuleOfThumb("2N forward", all.multiply(product(2)).multiply(tokens), forward, KAPLAN),
        new RuleOfThumb(
            "2N forward, N without embeddings",
            nonEmbedding.multiply(product(2)).multiply(tokens),
            forward,
            KAPLAN),
        new RuleOfThumb("6N training", all.multiply(product(6)).multiply(tokens), training, KAPLAN),
        new RuleOfThumb("24LBSH^2 + 4LBS^2H forward", megatron, forward, MEGATRON),
        new RuleOfThumb("6N + 12LHQT training", palm, training, PALM));
  }

  /** 24 L B S H^2 + 4 L B S^2 H. */
  private static BigInteger layerRule(
      Architecture architecture, BigInteger tokens, long newTokens) {
    long layers = architecture.decoder().orElseThrow().layers().size();
    long hidden = architecture.hiddenSize();
    return product(24, layers, hidden, hidden)
        .add(product(4, layers, newTokens, hidden))
        .multiply(tokens);
  }

  /** 12 L H Q T per token: heads H of Q elements, T positions attended by all (no causal mask). */
  private static BigInteger attentionRule(Architecture architecture, long newTokens) {
    BigInteger flops = BigInteger.ZERO;
    for (Layer layer : architecture.decoder().orElseThrow().layers()) {
      for (Attention attention : layer.attentions()) {
        flops = flops.add(product(12, queryWidth(attention), newTokens));
      }
    }
    return flops;
  }

  private static long queryWidth(Attention attention) {
    return switch (attention) {
      case GroupedQueryAttention grouped -> grouped.queryWidth();
      case LatentAttention latent -> latent.queryWidth();
    };
  }

  private static BigInteger product(long... factors) {
    BigInteger product = BigInteger.ONE;
    for (long factor : factors) {
      product = product.multiply(BigInteger.valueOf(factor));
    }
    return product;
  }
}
