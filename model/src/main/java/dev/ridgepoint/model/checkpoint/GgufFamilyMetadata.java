package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.Numerics;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.architecture.Routing;
import dev.ridgepoint.model.checkpoint.GgufArchitecture.Trait;
import java.util.List;

/**
 * The metadata of a model's shape: what {@link GgufFamilyConfig} and {@link GgufRope} read.
 *
 * @param model of grouped-query attention
 * @param family what llama.cpp calls its architecture
 */
record GgufFamilyMetadata(Architecture model, GgufArchitecture family) {
  private static final int SIGMOID = 2;

  void addTo(GgufMetadataWriter metadata) {
    GgufKeys keys = family.keys();
    GroupedQueryAttention attention = attention();
    metadata
        .size(keys.vocabSize(), model.embedding().vocabSize())
        .size(keys.contextLength(), model.maxPositions())
        .size(keys.embeddingLength(), model.hiddenSize())
        .size(keys.blockCount(), layers().size())
        .size(keys.feedForwardLength(), intermediateSize())
        .size(keys.headCount(), attention.numAttentionHeads())
        .size(keys.headCountKv(), attention.numKeyValueHeads())
        .size(keys.keyLength(), attention.headDim())
        .size(keys.valueLength(), attention.headDim())
        .real(
            family.config().hasLayerNorms() ? keys.layerNormEpsilon() : keys.rmsEpsilon(),
            model.numerics().normEpsilon());
    addWindow(metadata);
    addExperts(metadata);
    addOwn(metadata);
    addRope(metadata);
  }

  private List<Layer> layers() {
    return model.decoder().orElseThrow().layers();
  }

  private GroupedQueryAttention attention() {
    return (GroupedQueryAttention) layers().getFirst().attention();
  }

  /** Of the dense layers, or of an expert where there are none. */
  private int intermediateSize() {
    return switch (layers().getFirst().feedForward()) {
      case DenseFeedForward dense -> dense.intermediateSize();
      case MixtureOfExperts experts -> experts.expert().intermediateSize();
      case FeedForward.None _ -> 0;
    };
  }

  private void addWindow(GgufMetadataWriter metadata) {
    layers().stream()
        .map(layer -> layer.attention().span())
        .filter(AttentionSpan.Sliding.class::isInstance)
        .map(AttentionSpan.Sliding.class::cast)
        .findFirst()
        .ifPresent(sliding -> metadata.size(family.keys().slidingWindow(), sliding.window()));
  }

  private void addExperts(GgufMetadataWriter metadata) {
    List<MixtureOfExperts> mixtures =
        layers().stream()
            .map(Layer::feedForward)
            .filter(MixtureOfExperts.class::isInstance)
            .map(MixtureOfExperts.class::cast)
            .toList();
    if (mixtures.isEmpty()) {
      return;
    }
    GgufKeys keys = family.keys();
    MixtureOfExperts experts = mixtures.getFirst();
    int width = experts.expert().intermediateSize();
    metadata
        .size(keys.expertCount(), experts.numExperts())
        .size(keys.expertUsedCount(), experts.numExpertsPerToken())
        .size(keys.expertFeedForwardLength(), width);
    if (family.has(Trait.EXPERT_GROUPS)) {
      Routing routing = experts.routing();
      int shared =
          experts.sharedExpert().map(expert -> expert.intermediateSize() / width).orElse(0);
      metadata
          .size(keys.expertSharedCount(), shared)
          .size(keys.leadingDenseBlockCount(), layers().size() - mixtures.size())
          .size(keys.expertGroupCount(), routing.groups())
          .size(keys.expertGroupUsedCount(), routing.groupsPerToken())
          .size(keys.expertGatingFunction(), SIGMOID)
          .flag(keys.expertWeightsNorm(), routing.isNormalized())
          .real(keys.expertWeightsScale(), routing.scale());
    } else {
      experts
          .sharedExpert()
          .ifPresent(
              shared ->
                  metadata.size(keys.expertSharedFeedForwardLength(), shared.intermediateSize()));
    }
  }

  private void addOwn(GgufMetadataWriter metadata) {
    GgufKeys keys = family.keys();
    Numerics numerics = model.numerics();
    addBound(metadata, keys.scoreSoftCap(), attention().scoreTerms().softCap());
    addBound(metadata, keys.logitSoftCap(), numerics.logitSoftCap());
    addBound(metadata, keys.clampQueryKeyValue(), attention().projectionBound());
    if (family.has(Trait.PARALLEL_RESIDUALS)) {
      metadata.flag(keys.useParallelResidual(), layers().getFirst().norms().isParallel());
    }
    if (family.has(Trait.SCALES)) {
      metadata
          .real(keys.attentionScale(), attention().scoreScale())
          .real(keys.embeddingScale(), numerics.embeddingScale())
          .real(keys.residualScale(), numerics.residualScale())
          .real(keys.logitScale(), 1 / numerics.logitScale());
    }
  }

  private static void addBound(GgufMetadataWriter metadata, String key, double bound) {
    if (bound > 0) {
      metadata.real(key, bound);
    }
  }

  /** The positions that the keys speak of: those of layers that see everything. */
  Rope rope() {
    return layers().stream()
        .filter(layer -> !(layer.attention().span() instanceof AttentionSpan.Sliding))
        .map(layer -> ((GroupedQueryAttention) layer.attention()).rope())
        .filter(rope -> rope.dim() > 0)
        .findFirst()
        .orElseGet(() -> attention().rope());
  }

  private void addRope(GgufMetadataWriter metadata) {
    Rope rope = rope();
    if (rope.dim() == 0) {
      return;
    }
    GgufKeys keys = family.keys();
    metadata.size(keys.ropeDimensionCount(), rope.dim()).real(keys.ropeFreqBase(), rope.theta());
    switch (rope.scaling()) {
      case RopeScaling.Linear(double factor) ->
          metadata.text(keys.ropeScalingType(), "linear").real(keys.ropeScalingFactor(), factor);
      case RopeScaling.Yarn yarn ->
          metadata
              .text(keys.ropeScalingType(), "yarn")
              .real(keys.ropeScalingFactor(), yarn.factor())
              .size(keys.ropeScalingOriginalContext(), yarn.originalMaxPositionEmbeddings())
              .real(keys.ropeScalingAttentionFactor(), yarn.furtherFactor());
      case RopeScaling.LongRope longRope ->
          metadata
              .size(keys.ropeScalingOriginalContext(), longRope.originalMaxPositionEmbeddings())
              .real(keys.ropeScalingAttentionFactor(), longRope.longAttentionFactor());
      // What is a number for each pair stands in a tensor.
      case RopeScaling.None _,
          RopeScaling.Llama3 _,
          RopeScaling.Divided _,
          RopeScaling.Dynamic _ -> {}
    }
  }
}
