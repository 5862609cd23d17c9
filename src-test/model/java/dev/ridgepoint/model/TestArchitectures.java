package dev.ridgepoint.model;

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
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.Numerics;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.Stack;
import java.util.ArrayList;
import java.util.List;

/** Small decoders of Llama's kind, and of Gemma 2's. */
final class TestArchitectures {
  private TestArchitectures() {}

  /** Which parts a layer has besides its projections. */
  record Parts(boolean qkvBias, boolean outputBias, boolean mlpBias, boolean queryKeyNorm) {}

  /** What Gemma 2 has in other ways than Llama. */
  record GemmaParts(
      boolean capsScores,
      boolean capsLogits,
      boolean normalizesBranches,
      boolean hasGeluGate,
      boolean hasOffsetsAndScale) {
    static final GemmaParts ALL = new GemmaParts(true, true, true, true, true);
  }

  /** A decoder of Llama's kind with parts of Gemma 2. */
  static Architecture gemma(Architecture llama, GemmaParts parts) {
    Stack decoder = llama.decoder().orElseThrow();
    List<Layer> layers =
        decoder.layers().stream()
            .map(
                layer -> {
                  GroupedQueryAttention attention = (GroupedQueryAttention) layer.attention();
                  DenseFeedForward feedForward = (DenseFeedForward) layer.feedForward();
                  return new Layer(
                      new GroupedQueryAttention(
                          attention.numAttentionHeads(),
                          attention.numKeyValueHeads(),
                          attention.headDim(),
                          attention.qkvBias(),
                          attention.outputBias(),
                          attention.queryKeyNorm(),
                          attention.rope(),
                          attention.scoreScale(),
                          new ScoreTerms(false, parts.capsScores ? 50 : 0, false),
                          attention.span()),
                      new DenseFeedForward(
                          feedForward.intermediateSize(),
                          true,
                          parts.hasGeluGate ? Activation.GELU_TANH : Activation.SILU,
                          feedForward.bias()),
                      parts.normalizesBranches ? LayerNorms.around(Norm.RMS) : layer.norms());
                })
            .toList();
    boolean scales = parts.hasOffsetsAndScale;
    return llama
        .withDecoder(new Stack(layers, decoder.finalNorm()))
        .withNumerics(
            new Numerics(
                1e-6,
                scales,
                scales ? Math.sqrt(llama.hiddenSize()) : 1,
                1,
                1,
                parts.capsLogits ? 30 : 0));
  }

  /**
   * @param window positions that layers from {@code firstSliding} on see; 0 if none slides
   */
  static Architecture llama(
      int vocabulary,
      int hidden,
      int intermediate,
      int layers,
      int heads,
      int keyValueHeads,
      int headDim,
      boolean isTied,
      Parts parts,
      int window,
      int firstSliding) {
    List<Layer> all = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      boolean slides = window > 0 && layer >= firstSliding;
      AttentionSpan span = slides ? new AttentionSpan.Sliding(window) : new AttentionSpan.Causal();
      all.add(
          new Layer(
              new GroupedQueryAttention(
                  heads,
                  keyValueHeads,
                  headDim,
                  parts.qkvBias,
                  parts.outputBias,
                  parts.queryKeyNorm
                      ? new QueryKeyNorm(Norm.RMS, QueryKeyNorm.Scope.SHARED_BY_HEADS)
                      : QueryKeyNorm.NONE,
                  Rope.of(headDim),
                  1 / Math.sqrt(headDim),
                  ScoreTerms.NONE,
                  span),
              new DenseFeedForward(intermediate, true, Activation.SILU, parts.mlpBias),
              LayerNorms.before(Norm.RMS)));
    }
    return Architecture.decoderOnly(
        "llama",
        hidden,
        Embedding.ofTokens(vocabulary, hidden),
        new Stack(all, Norm.RMS),
        new Head.LanguageModel(isTied, false));
  }
}
