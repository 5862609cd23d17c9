package dev.ridgepoint.estimator.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Attention whose query heads share key and value heads in groups (Ainslie et al. 2023,
 * arXiv:2305.13245). With as many key/value heads as query heads it is multi-head attention
 * (Vaswani et al. 2017, arXiv:1706.03762), with one it is multi-query attention (Shazeer 2019,
 * arXiv:1911.02150). With h the hidden size, a query and k key/value heads of d elements it holds
 * 2had + 2hkd weights; a d need not be h.
 *
 * @param numAttentionHeads query heads
 * @param numKeyValueHeads key and value heads, a divisor of {@code numAttentionHeads}
 * @param headDim elements of one head
 * @param qkvBias whether the query, key and value projections have biases
 * @param outputBias whether the output projection has a bias
 * @param queryKeyNorm normalisation of queries and keys
 * @param rope rotary positions of queries and keys
 * @param scoreScale factor of the product of a query and a key, above 0
 * @param scoreTerms what is done to a score besides scaling it
 * @param span which positions a token attends
 * @param keyValues where keys and values come from
 * @param outputTerms what is done to the attended values before their projection
 * @param projectionBound bound of the magnitude of every query, key and value as projected (OLMo's
 *     {@code clip_qkv}, arXiv:2402.00838); 0 without one
 */
public record GroupedQueryAttention(
    int numAttentionHeads,
    int numKeyValueHeads,
    int headDim,
    boolean qkvBias,
    boolean outputBias,
    QueryKeyNorm queryKeyNorm,
    Rope rope,
    double scoreScale,
    ScoreTerms scoreTerms,
    AttentionSpan span,
    KeyValues keyValues,
    OutputTerms outputTerms,
    double projectionBound)
    implements Attention {

  /** Where keys and values come from. */
  public enum KeyValues {
    /** Each from its projection. */
    PROJECTED,
    /** Values are the keys before their norm and rotation (Gemma 4's global layers). */
    KEYS_AS_VALUES,
    /**
     * An earlier layer's cache (Gemma 3n, after Brandon et al. 2024, arXiv:2405.12981). Checkpoints
     * hold projections of the layer's own, which nothing uses.
     */
    OF_EARLIER_LAYER
  }

  /**
   * What is done to the attended values before their projection.
   *
   * @param gate whether a sigmoid of a projection as wide as the queries multiplies them
   *     (Qwen3-Next; Qiu et al. 2025, arXiv:2505.06708)
   * @param norm of all heads together (BitNet b1.58 2B4T, arXiv:2504.12285)
   */
  public record OutputTerms(boolean gate, Norm norm) {
    /** Nothing. */
    public static final OutputTerms NONE = new OutputTerms(false, Norm.NONE);

    public OutputTerms {
      Objects.requireNonNull(norm, "norm");
    }
  }

  /**
   * What is done to a score besides scaling it.
   *
   * @param positionBias whether a bias for the distance is added: ALiBi (Press et al. 2021,
   *     arXiv:2108.12409) or T5's relative positions (Raffel et al. 2019, arXiv:1910.10683)
   * @param softCap the c of a score that passes c tanh(x / c) (Gemma 2, arXiv:2408.00118); 0
   *     without a cap
   * @param sink whether each head has a learned score of attending nothing (gpt-oss,
   *     arXiv:2508.10925)
   */
  public record ScoreTerms(boolean positionBias, double softCap, boolean sink) {
    /** None of them. */
    public static final ScoreTerms NONE = new ScoreTerms(false, 0, false);

    /**
     * @throws IllegalArgumentException one line with the field and its value
     */
    public ScoreTerms {
      Limits.requirePositiveOrNone("attn_logit_softcapping", softCap);
    }

    /** FLOPs per score: an add; a divide, a tanh and a multiply. */
    public int flopsPerScore() {
      return (positionBias ? 1 : 0) + (softCap != 0 ? 3 : 0);
    }

    /** FLOPs per query head and token: the sink's subtraction, exponential and add. */
    public int flopsPerQuery() {
      return sink ? 3 : 0;
    }
  }

  /**
   * @throws IllegalArgumentException one line with the field and its value
   */
  public GroupedQueryAttention {
    Limits.requireSize("num_attention_heads", numAttentionHeads, Limits.MAX_WIDTH);
    Limits.requireSize("num_key_value_heads", numKeyValueHeads, Limits.MAX_WIDTH);
    Limits.require(
        numAttentionHeads % numKeyValueHeads == 0,
        "num_attention_heads",
        numAttentionHeads,
        "must be a multiple of num_key_value_heads, which is " + numKeyValueHeads);
    Limits.requireSize("head_dim", headDim, Limits.MAX_WIDTH / numAttentionHeads);
    Limits.require(
        rope.dim() <= headDim,
        "rotary_dim",
        rope.dim(),
        "must be at most head_dim, which is " + headDim);
    Limits.requirePositive("score_scale", scoreScale);
    Objects.requireNonNull(queryKeyNorm, "queryKeyNorm");
    Objects.requireNonNull(scoreTerms, "scoreTerms");
    Objects.requireNonNull(span, "span");
    Objects.requireNonNull(keyValues, "keyValues");
    Objects.requireNonNull(outputTerms, "outputTerms");
    Limits.requirePositiveOrNone("clip_qkv", projectionBound);
  }

  /** Keys and values of its own, and outputs as they are. */
  public GroupedQueryAttention(
      int numAttentionHeads,
      int numKeyValueHeads,
      int headDim,
      boolean qkvBias,
      boolean outputBias,
      QueryKeyNorm queryKeyNorm,
      Rope rope,
      double scoreScale,
      ScoreTerms scoreTerms,
      AttentionSpan span) {
    this(
        numAttentionHeads,
        numKeyValueHeads,
        headDim,
        qkvBias,
        outputBias,
        queryKeyNorm,
        rope,
        scoreScale,
        scoreTerms,
        span,
        KeyValues.PROJECTED,
        OutputTerms.NONE,
        0);
  }

  /** Scores divided by the root of {@code headDim}, as in the Transformer. */
  public GroupedQueryAttention(
      int numAttentionHeads,
      int numKeyValueHeads,
      int headDim,
      boolean qkvBias,
      boolean outputBias,
      QueryKeyNorm queryKeyNorm,
      Rope rope,
      ScoreTerms scoreTerms,
      AttentionSpan span) {
    this(
        numAttentionHeads,
        numKeyValueHeads,
        headDim,
        qkvBias,
        outputBias,
        queryKeyNorm,
        rope,
        1 / Math.sqrt(headDim),
        scoreTerms,
        span);
  }

  /** The same with another span. */
  public GroupedQueryAttention withSpan(AttentionSpan other) {
    return copy(numAttentionHeads, numKeyValueHeads, qkvBias, outputBias, rope, other, keyValues);
  }

  /** The same with another source of keys and values. */
  public GroupedQueryAttention withKeyValues(KeyValues other) {
    return copy(numAttentionHeads, numKeyValueHeads, qkvBias, outputBias, rope, span, other);
  }

  /** The same with other numbers of heads. */
  public GroupedQueryAttention withHeads(int attentionHeads, int keyValueHeads) {
    return copy(attentionHeads, keyValueHeads, qkvBias, outputBias, rope, span, keyValues);
  }

  /** The same with or without biases. */
  public GroupedQueryAttention withBiases(boolean qkv, boolean output) {
    return copy(numAttentionHeads, numKeyValueHeads, qkv, output, rope, span, keyValues);
  }

  /** The same with other rotary positions. */
  public GroupedQueryAttention withRope(Rope other) {
    return copy(numAttentionHeads, numKeyValueHeads, qkvBias, outputBias, other, span, keyValues);
  }

  private GroupedQueryAttention copy(
      int attentionHeads,
      int keyValueHeads,
      boolean qkv,
      boolean output,
      Rope positions,
      AttentionSpan seen,
      KeyValues source) {
    return new GroupedQueryAttention(
        attentionHeads,
        keyValueHeads,
        headDim,
        qkv,
        output,
        queryKeyNorm,
        positions,
        scoreScale,
        scoreTerms,
        seen,
        source,
        outputTerms,
        projectionBound);
  }

  @Override
  public boolean isCacheItsOwn() {
    return keyValues != KeyValues.OF_EARLIER_LAYER;
  }

  /** Elements of all query heads: a d. */
  public long queryWidth() {
    return (long) numAttentionHeads * headDim;
  }

  /** Elements of all key heads, or of all value heads: k d. */
  public long keyValueWidth() {
    return (long) numKeyValueHeads * headDim;
  }

  @Override
  public List<WeightTensor> weights(int hiddenSize) {
    List<WeightTensor> weights = new ArrayList<>();
    projection(weights, TensorRole.QUERY, queryWidth(), hiddenSize, qkvBias);
    projection(weights, TensorRole.KEY, keyValueWidth(), hiddenSize, qkvBias);
    if (keyValues != KeyValues.KEYS_AS_VALUES) {
      projection(weights, TensorRole.VALUE, keyValueWidth(), hiddenSize, qkvBias);
    }
    if (outputTerms.gate()) {
      projection(weights, TensorRole.ATTENTION_GATE, queryWidth(), hiddenSize, qkvBias);
    }
    projection(weights, TensorRole.ATTENTION_OUTPUT, hiddenSize, queryWidth(), outputBias);
    weights.addAll(queryKeyNorm.weights(TensorRole.QUERY_NORM, numAttentionHeads, headDim));
    weights.addAll(queryKeyNorm.weights(TensorRole.KEY_NORM, numKeyValueHeads, headDim));
    weights.addAll(outputTerms.norm().weights(TensorRole.ATTENDED_NORM, queryWidth()));
    if (scoreTerms.sink()) {
      weights.add(
          WeightTensor.vector(TensorRole.SINKS, WeightTensor.Part.WEIGHT, numAttentionHeads));
    }
    return weights;
  }

  private static void projection(
      List<WeightTensor> weights, TensorRole role, long outputs, long inputs, boolean bias) {
    weights.add(WeightTensor.matrix(role, outputs, inputs));
    if (bias) {
      weights.add(WeightTensor.vector(role, WeightTensor.Part.BIAS, outputs));
    }
  }
}
