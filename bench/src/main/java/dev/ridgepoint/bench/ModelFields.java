package dev.ridgepoint.bench;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.architecture.UniformDecoder;
import java.util.Optional;

/**
 * A decoder of like layers in the fields of a {@code config.json}, in camelCase: what JSON output
 * says of a model.
 */
public record ModelFields(
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

  /** The fields of an architecture; empty if its layers differ in more than their windows. */
  public static Optional<ModelFields> of(Architecture architecture) {
    return UniformDecoder.of(architecture).map(decoder -> of(architecture, decoder));
  }

  private static ModelFields of(Architecture architecture, UniformDecoder decoder) {
    GroupedQueryAttention attention = decoder.attention();
    return new ModelFields(
        architecture.modelType(),
        architecture.embedding().vocabSize(),
        architecture.hiddenSize(),
        decoder.feedForward().intermediateSize(),
        decoder.layers(),
        attention.numAttentionHeads(),
        attention.numKeyValueHeads(),
        attention.headDim(),
        architecture.maxPositions(),
        architecture.numerics().normEpsilon(),
        attention.rope().theta(),
        attention.rope().scaling(),
        architecture.isTied(),
        attention.qkvBias(),
        attention.outputBias(),
        decoder.feedForward().bias(),
        decoder.hasQueryKeyNorm(),
        decoder.slidingWindow(),
        decoder.slidingWindow() == 0 ? 0 : decoder.firstSlidingLayer());
  }
}
