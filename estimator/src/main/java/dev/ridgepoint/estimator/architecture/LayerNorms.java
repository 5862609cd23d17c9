package dev.ridgepoint.estimator.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The norms of a layer. Before their part is the usual place; after it is BERT's (behind the
 * residual add) and OLMo 2's (before it); Gemma 2 has both. A norm that a parallel attention and
 * feed-forward share is the attention's.
 *
 * @param norm the kind of all of them
 */
public record LayerNorms(
    Norm norm,
    boolean beforeAttention,
    boolean afterAttention,
    boolean beforeFeedForward,
    boolean afterFeedForward) {

  public LayerNorms {
    Objects.requireNonNull(norm, "norm");
  }

  /** One before attention and one before the feed-forward. */
  public static LayerNorms before(Norm norm) {
    return new LayerNorms(norm, true, false, true, false);
  }

  /** One after attention and one after the feed-forward. */
  public static LayerNorms after(Norm norm) {
    return new LayerNorms(norm, false, true, false, true);
  }

  /** All four. */
  public static LayerNorms around(Norm norm) {
    return new LayerNorms(norm, true, true, true, true);
  }

  /** One, before an attention and a feed-forward that run in parallel. */
  public static LayerNorms shared(Norm norm) {
    return new LayerNorms(norm, true, false, false, false);
  }

  List<WeightTensor> weights(int hiddenSize, boolean hasCrossAttention) {
    List<WeightTensor> weights = new ArrayList<>();
    add(weights, beforeAttention, "attention_norm", hiddenSize);
    add(weights, afterAttention, "post_attention_norm", hiddenSize);
    add(weights, hasCrossAttention && beforeAttention, "cross_attention_norm", hiddenSize);
    add(weights, hasCrossAttention && afterAttention, "post_cross_attention_norm", hiddenSize);
    add(weights, beforeFeedForward, "ffn_norm", hiddenSize);
    add(weights, afterFeedForward, "post_ffn_norm", hiddenSize);
    return weights;
  }

  private void add(List<WeightTensor> weights, boolean isPresent, String name, int hiddenSize) {
    long elements = norm.parameters(hiddenSize);
    if (isPresent && elements > 0) {
      weights.add(WeightTensor.vector(name, Component.NORMS, elements));
    }
  }
}
