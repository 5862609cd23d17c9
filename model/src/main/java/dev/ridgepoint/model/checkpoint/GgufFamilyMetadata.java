package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Attention;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.LatentAttention;
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
 * @param model all layers of which have one kind of attention
 * @param layout of the tensors in the same file
 */
record GgufFamilyMetadata(Architecture model, GgufLayout layout) {

  void addTo(GgufMetadataWriter metadata) {
    GgufKeys keys = family().keys();
    metadata
        .size(keys.vocabSize(), model.embedding().vocabSize())
        .size(keys.contextLength(), model.maxPositions())
        .size(keys.embeddingLength(), model.hiddenSize())
        .size(keys.blockCount(), layers().size())
        .size(keys.feedForwardLength(), intermediateSize())
        .real(
            family().config().hasLayerNorms() ? keys.layerNormEpsilon() : keys.rmsEpsilon(),
            model.numerics().normEpsilon());
    switch (attention()) {
      case GroupedQueryAttention grouped -> addHeads(metadata, grouped);
      case LatentAttention latent -> addLatents(metadata, latent);
    }
    addWindow(metadata);
    addExperts(metadata);
    addOwn(metadata);
    addRope(metadata);
  }

  private GgufArchitecture family() {
    return layout.architecture();
  }

  private List<Layer> layers() {
    return model.decoder().orElseThrow().layers();
  }

  private Attention attention() {
    return layers().getFirst().attention();
  }

  private void addHeads(GgufMetadataWriter metadata, GroupedQueryAttention attention) {
    GgufKeys keys = family().keys();
    metadata
        .size(keys.headCount(), attention.numAttentionHeads())
        .size(keys.headCountKv(), attention.numKeyValueHeads())
        .size(keys.keyLength(), attention.headDim())
        .size(keys.valueLength(), attention.headDim());
    addBound(metadata, keys.scoreSoftCap(), attention.scoreTerms().softCap());
    addBound(metadata, keys.clampQueryKeyValue(), attention.projectionBound());
    if (family().has(Trait.SCALES)) {
      metadata.real(keys.attentionScale(), attention.scoreScale());
    }
  }

  /** llama.cpp caches what the lengths say: latents as one key, or each head's keys and values. */
  private void addLatents(GgufMetadataWriter metadata, LatentAttention attention) {
    GgufKeys keys = family().keys();
    int heads = attention.numAttentionHeads();
    int rank = attention.keyValueLoraRank();
    metadata.size(keys.headCount(), heads).size(keys.keyValueLoraRank(), rank);
    if (attention.queryLoraRank() > 0) {
      metadata.size(keys.queryLoraRank(), attention.queryLoraRank());
    }
    if (layout.hasJoinedLatents()) {
      metadata
          .size(keys.headCountKv(), heads)
          .size(keys.keyLength(), attention.queryDim())
          .size(keys.valueLength(), attention.valueDim());
    } else {
      metadata
          .size(keys.headCountKv(), 1)
          .size(keys.keyLength(), rank + attention.positionDim())
          .size(keys.valueLength(), rank)
          .size(keys.keyLengthOfLatents(), attention.queryDim())
          .size(keys.valueLengthOfLatents(), attention.valueDim());
    }
    if (attention.rope().scaling() instanceof RopeScaling.Yarn(double factor, _, _, _, _, _)) {
      double magnitude = Math.sqrt(attention.scoreScale() * Math.sqrt(attention.queryDim()));
      metadata.real(
          keys.ropeScalingLogMultiplier(), factor == 1 ? 0 : (magnitude - 1) / Math.log(factor));
    }
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
        .ifPresent(sliding -> metadata.size(family().keys().slidingWindow(), sliding.window()));
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
    GgufKeys keys = family().keys();
    MixtureOfExperts experts = mixtures.getFirst();
    int width = experts.expert().intermediateSize();
    metadata
        .size(keys.expertCount(), experts.numExperts())
        .size(keys.expertUsedCount(), experts.numExpertsPerToken())
        .size(keys.expertFeedForwardLength(), width);
    if (family().has(Trait.EXPERT_GROUPS)) {
      Routing routing = experts.routing();
      int shared =
          experts.sharedExpert().map(expert -> expert.intermediateSize() / width).orElse(0);
      metadata
          .size(keys.expertSharedCount(), shared)
          .size(keys.leadingDenseBlockCount(), layers().size() - mixtures.size())
          .size(keys.expertGroupCount(), routing.groups())
          .size(keys.expertGroupUsedCount(), routing.groupsPerToken())
          .size(keys.expertGatingFunction(), gatingFunction(routing.scoring()))
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

  private static int gatingFunction(Routing.Scoring scoring) {
    return switch (scoring) {
      case SOFTMAX -> GgufKeys.SOFTMAX_GATING;
      case SIGMOID -> GgufKeys.SIGMOID_GATING;
    };
  }

  private void addOwn(GgufMetadataWriter metadata) {
    GgufKeys keys = family().keys();
    Numerics numerics = model.numerics();
    addBound(metadata, keys.logitSoftCap(), numerics.logitSoftCap());
    if (family().has(Trait.PARALLEL_RESIDUALS)) {
      metadata.flag(keys.useParallelResidual(), layers().getFirst().norms().isParallel());
    }
    if (family().has(Trait.SCALES)) {
      metadata
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
        .map(layer -> rope(layer.attention()))
        .filter(rope -> rope.dim() > 0)
        .findFirst()
        .orElseGet(() -> rope(attention()));
  }

  private static Rope rope(Attention attention) {
    return switch (attention) {
      case GroupedQueryAttention grouped -> grouped.rope();
      case LatentAttention latent -> latent.rope();
    };
  }

  private void addRope(GgufMetadataWriter metadata) {
    Rope rope = rope();
    if (rope.dim() == 0) {
      return;
    }
    GgufKeys keys = family().keys();
    metadata.size(keys.ropeDimensionCount(), rope.dim()).real(keys.ropeFreqBase(), rope.theta());
    switch (rope.scaling()) {
      case RopeScaling.Linear(double factor) ->
          metadata.text(keys.ropeScalingType(), "linear").real(keys.ropeScalingFactor(), factor);
      case RopeScaling.Yarn yarn -> {
        metadata
            .text(keys.ropeScalingType(), "yarn")
            .real(keys.ropeScalingFactor(), yarn.factor())
            .size(keys.ropeScalingOriginalContext(), yarn.originalMaxPositionEmbeddings());
        if (!family().has(Trait.LATENTS)) { // whose rotated elements llama.cpp leaves as long
          metadata.real(keys.ropeScalingAttentionFactor(), yarn.furtherFactor());
        }
      }
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
