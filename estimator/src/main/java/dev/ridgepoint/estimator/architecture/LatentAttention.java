package dev.ridgepoint.estimator.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Multi-head latent attention (DeepSeek-V2, arXiv:2405.04434, section 2.1): keys and values of all
 * heads are projected from one latent vector per token, which can be cached instead of them.
 *
 * @param numAttentionHeads query, key and value heads
 * @param queryLoraRank width of the queries' latent; 0 if queries are projected directly
 * @param keyValueLoraRank width of the latent of keys and values
 * @param keyDim elements of a query or key head that come from the latents ({@code
 *     qk_nope_head_dim})
 * @param positionDim further elements of a query head, and of one key that all heads share ({@code
 *     qk_rope_head_dim})
 * @param rope rotary positions of the further elements; {@link Rope#NONE} where they are not turned
 *     (Kimi Linear)
 * @param valueDim elements of a value head
 * @param scoreScale factor of the product of a query and a key, above 0
 * @param span which positions a token attends
 * @param indexer what chooses them, where the span is {@link AttentionSpan.Chosen}
 */
public record LatentAttention(
    int numAttentionHeads,
    int queryLoraRank,
    int keyValueLoraRank,
    int keyDim,
    int positionDim,
    Rope rope,
    int valueDim,
    double scoreScale,
    AttentionSpan span,
    Optional<SparseIndexer> indexer)
    implements Attention {
  /** Of the latents. */
  public static final Norm NORM = Norm.RMS;

  /**
   * @throws IllegalArgumentException one line with the field and its value
   */
  public LatentAttention {
    Limits.requireSize("num_attention_heads", numAttentionHeads, Limits.MAX_WIDTH);
    int maxDim = Limits.MAX_WIDTH / numAttentionHeads;
    Limits.requireSizeOrNone("q_lora_rank", queryLoraRank, Limits.MAX_WIDTH);
    Limits.requireSize("kv_lora_rank", keyValueLoraRank, Limits.MAX_WIDTH);
    Limits.requireSize("qk_nope_head_dim", keyDim, maxDim);
    Limits.requireSize("qk_rope_head_dim", positionDim, maxDim);
    Limits.require(
        rope.dim() == 0 || rope.dim() == positionDim,
        "rotary_dim",
        rope.dim(),
        "must be qk_rope_head_dim, which is " + positionDim);
    Limits.requireSize("v_head_dim", valueDim, maxDim);
    Limits.requirePositive("score_scale", scoreScale);
    Objects.requireNonNull(span, "span");
    Limits.require(
        indexer.isEmpty() || queryLoraRank > 0,
        "q_lora_rank",
        queryLoraRank,
        "must be positive where an indexer's queries are projected from it");
  }

  /** Positions turned, and none chosen. */
  public LatentAttention(
      int numAttentionHeads,
      int queryLoraRank,
      int keyValueLoraRank,
      int keyDim,
      Rope rope,
      int valueDim,
      double scoreScale,
      AttentionSpan span) {
    this(
        numAttentionHeads,
        queryLoraRank,
        keyValueLoraRank,
        keyDim,
        rope.dim(),
        rope,
        valueDim,
        scoreScale,
        span,
        Optional.empty());
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

  /** Elements of a query or key head. */
  public int queryDim() {
    return keyDim + positionDim;
  }

  /** Elements of all query heads, or of all keys once they are projected from the latent. */
  public long queryWidth() {
    return (long) numAttentionHeads * queryDim();
  }

  /** Elements of all values once they are projected from the latent. */
  public long valueWidth() {
    return (long) numAttentionHeads * valueDim;
  }

  /** Elements of a cached latent with the key that all heads share. */
  public long latentWidth() {
    return (long) keyValueLoraRank + positionDim;
  }

  /**
   * The projection of keys as queries pass it that attend latents: of each head its transpose, the
   * latent's elements by those of the key.
   */
  public WeightTensor absorbedKeyUp() {
    return WeightTensor.matrix(
        TensorRole.KEY_UP, (long) numAttentionHeads * keyValueLoraRank, keyDim);
  }

  /** Elements of the keys without their rotary part, and of the values, of all heads. */
  public long expandedWidth() {
    return (long) numAttentionHeads * (keyDim + valueDim);
  }

  @Override
  public List<WeightTensor> weights(int hiddenSize) {
    List<WeightTensor> weights = new ArrayList<>();
    if (queryLoraRank == 0) {
      weights.add(WeightTensor.matrix(TensorRole.QUERY, queryWidth(), hiddenSize));
    } else {
      weights.add(WeightTensor.matrix(TensorRole.QUERY_DOWN, queryLoraRank, hiddenSize));
      weights.add(norm(TensorRole.QUERY_LATENT_NORM, queryLoraRank));
      weights.add(WeightTensor.matrix(TensorRole.QUERY_UP, queryWidth(), queryLoraRank));
    }
    weights.add(WeightTensor.matrix(TensorRole.KEY_VALUE_DOWN, latentWidth(), hiddenSize));
    weights.add(norm(TensorRole.KEY_VALUE_LATENT_NORM, keyValueLoraRank));
    weights.add(
        WeightTensor.matrix(
            TensorRole.KEY_UP, (long) numAttentionHeads * keyDim, keyValueLoraRank));
    weights.add(WeightTensor.matrix(TensorRole.VALUE_UP, valueWidth(), keyValueLoraRank));
    weights.add(WeightTensor.matrix(TensorRole.ATTENTION_OUTPUT, hiddenSize, valueWidth()));
    indexer.ifPresent(chooses -> weights.addAll(chooses.weights(hiddenSize, queryLoraRank)));
    return weights;
  }

  private static WeightTensor norm(TensorRole role, long elements) {
    return WeightTensor.vector(role, WeightTensor.Part.WEIGHT, elements);
  }
}
