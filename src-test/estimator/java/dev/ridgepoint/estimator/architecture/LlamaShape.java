package dev.ridgepoint.estimator.architecture;

import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.ScoreTerms;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A decoder of Llama's kind in the words of a config, for tests that count by them. */
public record LlamaShape(
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

  /** Positions that a token of {@code layer} sees at most, itself included. */
  public int attentionWindow(int layer) {
    return slidingWindow > 0 && layer >= firstSlidingLayer ? slidingWindow : Integer.MAX_VALUE;
  }
}
