package dev.ridgepoint.estimator;

/**
 * The architecture of a dense Llama-family decoder, with the fields of a Hugging Face {@code
 * config.json} in camelCase.
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

  /** Positions that a token of {@code layer} sees at most, itself included. */
  public int attentionWindow(int layer) {
    return slidingWindow > 0 && layer >= firstSlidingLayer ? slidingWindow : Integer.MAX_VALUE;
  }
}
