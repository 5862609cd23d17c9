package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Attention;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.Embedding;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.Stack;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What one of t tensor-parallel devices holds and computes (Shoeybi et al. 2019, arXiv:1909.08053,
 * section 3), as an architecture of its own, so that all counts of a model are counts of a shard
 * too. Heads, the width inside the feed-forward or inside each expert, and the vocabulary are
 * shared; what does not divide is filled up. The residual stream, norms, the router and the
 * projections to latents are on every device. A key/value head that several devices need is on each
 * of them, and so are cached latents (Pope et al. 2022, arXiv:2211.05102, section 3.3): beyond k
 * devices the cache of one shrinks no more.
 */
public final class TensorParallelShard {
  private TensorParallelShard() {}

  /**
   * The share of one of {@code devices} devices.
   *
   * @throws IllegalArgumentException if {@link #mismatch} has a reason
   */
  public static Architecture of(Architecture architecture, int devices) {
    mismatch(architecture, devices)
        .ifPresent(
            reason -> {
              throw new IllegalArgumentException(reason);
            });
    Stack decoder = architecture.decoder().orElseThrow();
    Embedding embedding = architecture.embedding();
    List<Layer> layers = new ArrayList<>();
    for (Layer layer : decoder.layers()) {
      layers.add(
          new Layer(
              attention(layer.attention(), devices),
              feedForward(layer.feedForward(), devices),
              layer.norms()));
    }
    return Architecture.decoderOnly(
        architecture.modelType(),
        architecture.hiddenSize(),
        new Embedding(
            Math.ceilDiv(embedding.vocabSize(), devices),
            embedding.width(),
            embedding.positionRows(),
            embedding.tokenTypes(),
            embedding.norm()),
        new Stack(layers, decoder.finalNorm(), decoder.relativePositionBuckets()),
        architecture.head());
  }

  /** Why {@code devices} devices cannot share the model, in one line; empty if they can. */
  public static Optional<String> mismatch(Architecture architecture, int devices) {
    if (architecture.encoder().isPresent() || architecture.decoder().isEmpty()) {
      return Optional.of(
          "%s is not a decoder alone, which serving assumes".formatted(architecture.modelType()));
    }
    for (Layer layer : architecture.decoder().get().layers()) {
      int heads = layer.attention().numAttentionHeads();
      if (devices < 1 || heads % devices != 0) {
        return Optional.of(
            String.format(
                Locale.ROOT, "%d attention heads cannot be shared by %d devices", heads, devices));
      }
      if (layer.attention() instanceof GroupedQueryAttention grouped) {
        int pairs = grouped.numKeyValueHeads();
        if (pairs % devices != 0 && devices % pairs != 0) {
          return Optional.of(
              String.format(
                  Locale.ROOT,
                  "%d key/value heads cannot be shared by %d devices",
                  pairs,
                  devices));
        }
      }
    }
    return Optional.empty();
  }

  private static Attention attention(Attention attention, int devices) {
    return switch (attention) {
      case GroupedQueryAttention grouped ->
          new GroupedQueryAttention(
              grouped.numAttentionHeads() / devices,
              Math.ceilDiv(grouped.numKeyValueHeads(), devices),
              grouped.headDim(),
              grouped.qkvBias(),
              grouped.outputBias(),
              grouped.queryKeyNorm(),
              grouped.rope(),
              grouped.scoreScale(),
              grouped.scoreTerms(),
              grouped.span());
      case LatentAttention latent ->
          new LatentAttention(
              latent.numAttentionHeads() / devices,
              latent.queryLoraRank(),
              latent.keyValueLoraRank(),
              latent.keyDim(),
              latent.rope(),
              latent.valueDim(),
              latent.scoreScale(),
              latent.span());
    };
  }

  private static FeedForward feedForward(FeedForward feedForward, int devices) {
    return switch (feedForward) {
      case DenseFeedForward dense -> dense(dense, devices);
      case MixtureOfExperts experts ->
          new MixtureOfExperts(
              experts.numExperts(),
              experts.numExpertsPerToken(),
              dense(experts.expert(), devices),
              experts.sharedExpert().map(shared -> dense(shared, devices)),
              experts.hasSharedGate(),
              experts.routerBias());
    };
  }

  private static DenseFeedForward dense(DenseFeedForward dense, int devices) {
    return new DenseFeedForward(
        Math.ceilDiv(dense.intermediateSize(), devices),
        dense.isGated(),
        dense.activation(),
        dense.bias());
  }
}
