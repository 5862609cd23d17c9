package dev.ridgepoint.estimator.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Multi-head latent attention (DeepSeek-V2, arXiv:2405.04434, section 2.1): keys and values of all
 * heads are projected from one latent vector per token, which can be cached instead of them.
 *
 * @param numAttentionHeads query, key and value heads
 * @param queryLoraRank width of the queries' latent; 0 if queries are projected directly
 * @param keyValueLoraRank width of the latent of keys and values
 * @param keyDim elements of a query or key head that come from the latents ({@code
 *     qk_nope_head_dim})
 * @param rope rotary positions, of {@code qk_rope_head_dim} further elements of a query head and of
 *     the one rotary key that all heads share
 * @param valueDim elements of a value head
 * @param scoreScale factor of the product of a query and a key, above 0
 * @param span which positions a token attends
 */
public record LatentAttention(
    int numAttentionHeads,
    int queryLoraRank,
    int keyValueLoraRank,
    int keyDim,
    Rope rope,
    int valueDim,
    double scoreScale,
    AttentionSpan span)
    implements Attention {

  /**
   * @throws IllegalArgumentException one line with the field and its value
   */
  public LatentAttention {
    Limits.requireSize("num_attention_heads", numAttentionHeads, Limits.MAX_WIDTH);
    int maxDim = Limits.MAX_WIDTH / numAttentionHeads;
    Limits.requireSizeOrNone("q_lora_rank", queryLoraRank, Limits.MAX_WIDTH);
    Limits.requireSize("kv_lora_rank", keyValueLoraRank, Limits.MAX_WIDTH);
    Limits.requireSize("qk_nope_head_dim", keyDim, maxDim);
    Limits.requireSize("qk_rope_head_dim", rope.dim(), maxDim);
    Limits.requireSize("v_head_dim", valueDim, maxDim);
    Limits.requirePositive("score_scale", scoreScale);
    Objects.requireNonNull(span, "span");
  }

  /** Scores divided by the root of a query head's elements. */
  public LatentAttention(
      int numAttentionHeads,
      int queryLoraRank,
      int keyValueLoraRank,
      int keyDim,
      Rope rope,
      int valueDim,
      AttentionSpan span) {
    this(
        numAttentionHeads,
        queryLoraRank,
        keyValueLoraRank,
        keyDim,
        rope,
        valueDim,
        1 / Math.sqrt((double) keyDim + rope.dim()),
        span);
  }

  /** Elements of all query heads, or of all keys once they are projected from the latent. */
  public long queryWidth() {
    return (long) numAttentionHeads * (keyDim + rope.dim());
  }

  /** Elements of all values once they are projected from the latent. */
  public long valueWidth() {
    return (long) numAttentionHeads * valueDim;
  }

  /** Elements of a cached latent with its rotary key. */
  public long latentWidth() {
    return (long) keyValueLoraRank + rope.dim();
  }

  @Override
  public List<WeightTensor> weights(int hiddenSize) {
    List<WeightTensor> weights = new ArrayList<>();
    if (queryLoraRank == 0) {
      weights.add(matrix("q_proj", queryWidth(), hiddenSize));
    } else {
      weights.add(matrix("q_a_proj", queryLoraRank, hiddenSize));
      weights.add(WeightTensor.vector("q_a_norm", Component.NORMS, queryLoraRank));
      weights.add(matrix("q_b_proj", queryWidth(), queryLoraRank));
    }
    weights.add(matrix("kv_a_proj", latentWidth(), hiddenSize));
    weights.add(WeightTensor.vector("kv_a_norm", Component.NORMS, keyValueLoraRank));
    long expanded = (long) numAttentionHeads * (keyDim + valueDim);
    weights.add(matrix("kv_b_proj", expanded, keyValueLoraRank));
    weights.add(matrix("o_proj", hiddenSize, valueWidth()));
    return weights;
  }

  private static WeightTensor matrix(String name, long rows, long columns) {
    return WeightTensor.matrix(name, Component.ATTENTION, rows, columns);
  }
}
