package dev.ridgepoint.estimator.config;

import static dev.ridgepoint.estimator.architecture.Limits.require;
import static dev.ridgepoint.estimator.architecture.Limits.requireSize;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.Embedding;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.ScoreTerms;
import dev.ridgepoint.estimator.architecture.Head;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.Limits;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.Numerics;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.architecture.Stack;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The architecture of a dense Llama-family decoder, with the fields of a Hugging Face {@code
 * config.json} in camelCase.
 *
 * <p>The constructor accepts only what a decoder can be built from. Sizes are bounded far beyond
 * any published model (10,000 layers, a vocabulary of 2^26, widths of 2^20, feed-forward of 2^22),
 * so that a damaged file is refused and the parameters and their bytes always fit a {@code long}.
 * The messages spell the fields as {@code config.json} does, because that is where their reader
 * will look.
 *
 * @param modelType the family: {@code llama}, {@code mistral}, {@code qwen2}, {@code qwen3}
 * @param vocabSize rows of the embedding and of the output head
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width between the feed-forward's gate/up and down projections
 * @param numHiddenLayers decoder layers
 * @param numAttentionHeads query heads
 * @param numKeyValueHeads key and value heads, a divisor of {@code numAttentionHeads}
 * @param headDim elements of one head, even because RoPE rotates pairs; {@code numAttentionHeads *
 *     headDim} need not be {@code hiddenSize}
 * @param maxPositionEmbeddings positions that the model was made for
 * @param rmsNormEps added to the mean square before the root, above 0
 * @param ropeTheta base of the rotary frequencies, above 0
 * @param ropeScaling how the rotary frequencies are stretched; {@link RopeScaling.None} if not
 * @param tieWordEmbeddings whether the output head is the embedding, stored once
 * @param qkvBias whether the query, key and value projections have biases
 * @param outputBias whether the attention's output projection has a bias
 * @param mlpBias whether the gate, up and down projections have biases
 * @param qkNorm whether queries and keys pass an RMSNorm per head before RoPE
 * @param slidingWindow positions that a token of a sliding layer sees, itself included; 0 if no
 *     layer slides
 * @param firstSlidingLayer the layers from here on slide, those before see everything
 */
public record ModelConfig(
    String modelType,
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int numKeyValueHeads,
    int headDim,
    int maxPositionEmbeddings,
    double rmsNormEps,
    double ropeTheta,
    RopeScaling ropeScaling,
    boolean tieWordEmbeddings,
    boolean qkvBias,
    boolean outputBias,
    boolean mlpBias,
    boolean qkNorm,
    int slidingWindow,
    int firstSlidingLayer) {

  /**
   * @throws IllegalArgumentException one line with the field and its value
   */
  public ModelConfig {
    require(modelType != null && !modelType.isBlank(), "model_type", modelType, "must be named");
    requireSize("vocab_size", vocabSize, Limits.MAX_VOCABULARY);
    requireSize("hidden_size", hiddenSize, Limits.MAX_WIDTH);
    requireSize("intermediate_size", intermediateSize, Limits.MAX_INTERMEDIATE);
    requireSize("num_hidden_layers", numHiddenLayers, Limits.MAX_LAYERS);
    requireSize("num_attention_heads", numAttentionHeads, Limits.MAX_WIDTH);
    requireSize("num_key_value_heads", numKeyValueHeads, Limits.MAX_WIDTH);
    require(
        numAttentionHeads % numKeyValueHeads == 0,
        "num_attention_heads",
        numAttentionHeads,
        "must be a multiple of num_key_value_heads, which is " + numKeyValueHeads);
    requireSize("head_dim", headDim, Limits.MAX_WIDTH / numAttentionHeads);
    require(headDim % 2 == 0, "head_dim", headDim, "must be even, because RoPE rotates pairs");
    requireSize("max_position_embeddings", maxPositionEmbeddings, Integer.MAX_VALUE);
    requirePositive("rms_norm_eps", rmsNormEps);
    requirePositive("rope_theta", ropeTheta);
    require(ropeScaling != null, "rope_scaling", null, "must be given");
    require(slidingWindow >= 0, "sliding_window", slidingWindow, "must not be negative");
    require(
        firstSlidingLayer >= 0 && firstSlidingLayer <= numHiddenLayers,
        "max_window_layers",
        firstSlidingLayer,
        "must lie in 0.." + numHiddenLayers);
  }

  /** The same model with another number of layers, at least 1. */
  public ModelConfig withLayers(int layers) {
    return new ModelConfig(
        modelType,
        vocabSize,
        hiddenSize,
        intermediateSize,
        layers,
        numAttentionHeads,
        numKeyValueHeads,
        headDim,
        maxPositionEmbeddings,
        rmsNormEps,
        ropeTheta,
        ropeScaling,
        tieWordEmbeddings,
        qkvBias,
        outputBias,
        mlpBias,
        qkNorm,
        slidingWindow,
        Math.min(firstSlidingLayer, layers));
  }

  /** Positions that a token of {@code layer} sees at most, itself included. */
  public int attentionWindow(int layer) {
    return slidingWindow > 0 && layer >= firstSlidingLayer ? slidingWindow : Integer.MAX_VALUE;
  }

  /** The same model in the terms that costs are counted in. */
  public Architecture architecture() {
    DenseFeedForward feedForward =
        new DenseFeedForward(intermediateSize, true, Activation.SILU, mlpBias);
    LayerNorms norms = LayerNorms.before(Norm.RMS);
    Layer full = new Layer(attention(new AttentionSpan.Causal()), feedForward, norms);
    List<Layer> layers = new ArrayList<>(Collections.nCopies(numHiddenLayers, full));
    if (slidingWindow > 0) {
      AttentionSpan window = new AttentionSpan.Sliding(slidingWindow);
      Layer sliding = new Layer(attention(window), feedForward, norms);
      layers.subList(firstSlidingLayer, numHiddenLayers).replaceAll(any -> sliding);
    }
    return Architecture.decoderOnly(
            modelType,
            hiddenSize,
            Embedding.ofTokens(vocabSize, hiddenSize),
            new Stack(layers, Norm.RMS),
            new Head.LanguageModel(tieWordEmbeddings, false))
        .withMaxPositions(maxPositionEmbeddings)
        .withNumerics(Numerics.ofEpsilon(rmsNormEps));
  }

  private GroupedQueryAttention attention(AttentionSpan span) {
    QueryKeyNorm queryKeyNorm =
        qkNorm ? new QueryKeyNorm(Norm.RMS, QueryKeyNorm.Scope.SHARED_BY_HEADS) : QueryKeyNorm.NONE;
    return new GroupedQueryAttention(
        numAttentionHeads,
        numKeyValueHeads,
        headDim,
        qkvBias,
        outputBias,
        queryKeyNorm,
        new Rope(headDim, ropeTheta, ropeScaling),
        ScoreTerms.NONE,
        span);
  }

  private static void requirePositive(String field, double value) {
    require(value > 0 && value < Double.POSITIVE_INFINITY, field, value, "must be positive");
  }
}
