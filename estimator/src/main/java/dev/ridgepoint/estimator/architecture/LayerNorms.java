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
 * @param isBranchNormalized whether those after a part normalise what it puts out before that is
 *     added to the residual stream; otherwise they normalise the sum
 * @param isParallel whether the feed-forward takes in what the layer takes in, as attention does,
 *     and not the sum with what attention puts out
 */
public record LayerNorms(
    Norm norm,
    boolean beforeAttention,
    boolean afterAttention,
    boolean beforeFeedForward,
    boolean afterFeedForward,
    boolean isBranchNormalized,
    boolean isParallel) {

  public LayerNorms {
    Objects.requireNonNull(norm, "norm");
  }

  /** One before attention and one before the feed-forward. */
  public static LayerNorms before(Norm norm) {
    return new LayerNorms(norm, true, false, true, false, false, false);
  }

  /** One after attention and one after the feed-forward, each of the sum (BERT). */
  public static LayerNorms afterSum(Norm norm) {
    return new LayerNorms(norm, false, true, false, true, false, false);
  }

  /** One after attention and one after the feed-forward, each of what it puts out (OLMo 2). */
  public static LayerNorms afterBranch(Norm norm) {
    return new LayerNorms(norm, false, true, false, true, true, false);
  }

  /** All four, the later ones of what the parts put out (Gemma 2). */
  public static LayerNorms around(Norm norm) {
    return new LayerNorms(norm, true, true, true, true, true, false);
  }

  /** One, before an attention and a feed-forward that run in parallel. */
  public static LayerNorms shared(Norm norm) {
    return new LayerNorms(norm, true, false, false, false, false, true);
  }

  /** Two, before an attention and a feed-forward that run in parallel (GPT-NeoX). */
  public static LayerNorms parallel(Norm norm) {
    return new LayerNorms(norm, true, false, true, false, false, true);
  }

  /** One, before the feed-forward of a layer that is nothing else. */
  public static LayerNorms beforeFeedForward(Norm norm) {
    return new LayerNorms(norm, false, false, true, false, false, false);
  }

  List<WeightTensor> weights(int hiddenSize, boolean hasCrossAttention) {
    List<WeightTensor> weights = new ArrayList<>();
    add(weights, beforeAttention, TensorRole.ATTENTION_NORM, hiddenSize);
    add(weights, afterAttention, TensorRole.POST_ATTENTION_NORM, hiddenSize);
    add(weights, hasCrossAttention && beforeAttention, TensorRole.CROSS_ATTENTION_NORM, hiddenSize);
    add(
        weights,
        hasCrossAttention && afterAttention,
        TensorRole.POST_CROSS_ATTENTION_NORM,
        hiddenSize);
    add(weights, beforeFeedForward, beforeFeedForwardRole(), hiddenSize);
    add(weights, afterFeedForward, TensorRole.POST_FEED_FORWARD_NORM, hiddenSize);
    return weights;
  }

  /** What the norm before the feed-forward is called depends on whether one stands before it. */
  public TensorRole beforeFeedForwardRole() {
    return afterAttention ? TensorRole.PRE_FEED_FORWARD_NORM : TensorRole.FEED_FORWARD_NORM;
  }

  private void add(List<WeightTensor> weights, boolean isPresent, TensorRole role, int hiddenSize) {
    if (isPresent) {
      weights.addAll(norm.weights(role, hiddenSize));
    }
  }
}
