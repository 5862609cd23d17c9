package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.Embedding;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GatedConvolution;
import dev.ridgepoint.estimator.architecture.GatedDeltaNet;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.LightningAttention;
import dev.ridgepoint.estimator.architecture.Mamba;
import dev.ridgepoint.estimator.architecture.Mamba2;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.architecture.TokenMixer;
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
 *
 * <p>Experts may be shared by more devices. Whether each has whole experts or a part of all, it
 * holds as many numbers, and in the mean it computes as much: here they are cut. What whole ones
 * change is {@link ExpertLoad} and {@link ExpertExchange}.
 */
public final class TensorParallelShard {
  private TensorParallelShard() {}

  /**
   * The share of one of {@code devices} devices.
   *
   * @throws IllegalArgumentException if {@link #mismatch} has a reason
   */
  public static Architecture of(Architecture architecture, int devices) {
    return of(architecture, ServingLayout.tensor(devices));
  }

  /** The share of one device of a layout. */
  static Architecture of(Architecture architecture, ServingLayout layout) {
    int devices = layout.tensorParallel();
    mismatch(architecture, layout)
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
              layer.mixers().stream().map(mixer -> mixer(mixer, devices)).toList(),
              Optional.empty(),
              feedForward(layer.feedForward(), layout),
              layer.norms(),
              layer.additions()));
    }
    return Architecture.decoderOnly(
        architecture.modelType(),
        architecture.hiddenSize(),
        embedding.withVocabulary(Math.ceilDiv(embedding.vocabSize(), devices)),
        new Stack(layers, decoder.finalNorm(), decoder.relativePositionBuckets()),
        architecture.head());
  }

  /** Why the devices cannot share the model so, in one line; empty if they can. */
  static Optional<String> mismatch(Architecture architecture, ServingLayout layout) {
    return mismatch(architecture, layout.tensorParallel())
        .or(
            () ->
                layout.expertParallel() == 1
                    ? Optional.empty()
                    : mismatchOfExperts(architecture, layout.expertParallel()));
  }

  private static Optional<String> mismatchOfExperts(Architecture architecture, int devices) {
    List<MixtureOfExperts> all =
        architecture.decoder().orElseThrow().distinctLayers().keySet().stream()
            .map(Layer::feedForward)
            .filter(MixtureOfExperts.class::isInstance)
            .map(MixtureOfExperts.class::cast)
            .toList();
    return all.isEmpty()
        ? Optional.of("no experts for expert parallelism")
        : all.stream()
            .flatMap(experts -> mismatch("experts", experts.numExperts(), devices).stream())
            .findFirst();
  }

  /** Why {@code devices} devices cannot share the model, in one line; empty if they can. */
  public static Optional<String> mismatch(Architecture architecture, int devices) {
    if (architecture.encoder().isPresent() || architecture.decoder().isEmpty()) {
      return Optional.of(
          "%s is not a decoder alone, which serving assumes".formatted(architecture.modelType()));
    }
    if (devices < 1) {
      return Optional.of(String.format(Locale.ROOT, "%d devices hold no model", devices));
    }
    return architecture.decoder().get().distinctLayers().keySet().stream()
        .flatMap(layer -> layer.mixers().stream())
        .flatMap(mixer -> mismatch(mixer, devices).stream())
        .findFirst();
  }

  private static Optional<String> mismatch(TokenMixer mixer, int devices) {
    return switch (mixer) {
      case GroupedQueryAttention grouped ->
          mismatch("attention heads", grouped.numAttentionHeads(), devices)
              .or(() -> mismatchOfPairs("key/value heads", grouped.numKeyValueHeads(), devices));
      case LatentAttention latent ->
          mismatch("attention heads", latent.numAttentionHeads(), devices);
      case GatedDeltaNet delta ->
          mismatch("linear attention heads", delta.numValueHeads(), devices)
              .or(() -> mismatchOfPairs("linear key heads", delta.numKeyHeads(), devices));
      case LightningAttention lightning ->
          mismatch("linear attention heads", lightning.numHeads(), devices);
      case Mamba mamba -> mismatch("state space channels", mamba.innerSize(), devices);
      case Mamba2 mamba ->
          mismatch("state space heads", mamba.numHeads(), devices)
              .or(() -> mismatchOfPairs("state space groups", mamba.numGroups(), devices));
      case GatedConvolution convolution ->
          mismatch("convolution channels", convolution.channels(), devices);
    };
  }

  private static Optional<String> mismatch(String what, int number, int devices) {
    return mismatch(number % devices == 0, what, number, devices);
  }

  /** What several devices may each have a copy of. */
  private static Optional<String> mismatchOfPairs(String what, int number, int devices) {
    return mismatch(number % devices == 0 || devices % number == 0, what, number, devices);
  }

  private static Optional<String> mismatch(boolean isShared, String what, int number, int devices) {
    return isShared
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT, "%d %s cannot be shared by %d devices", number, what, devices));
  }

  private static TokenMixer mixer(TokenMixer mixer, int devices) {
    return switch (mixer) {
      case GroupedQueryAttention grouped ->
          grouped.withHeads(
              grouped.numAttentionHeads() / devices,
              Math.ceilDiv(grouped.numKeyValueHeads(), devices));
      case LatentAttention latent ->
          new LatentAttention(
              latent.numAttentionHeads() / devices,
              latent.queryLoraRank(),
              latent.keyValueLoraRank(),
              latent.keyDim(),
              latent.positionDim(),
              latent.rope(),
              latent.valueDim(),
              latent.scoreScale(),
              latent.span(),
              latent.indexer());
      case GatedDeltaNet delta ->
          new GatedDeltaNet(
              Math.ceilDiv(delta.numKeyHeads(), devices),
              delta.numValueHeads() / devices,
              delta.keyHeadDim(),
              delta.valueHeadDim(),
              delta.kernelSize(),
              delta.decaysChannels());
      case LightningAttention lightning ->
          new LightningAttention(lightning.numHeads() / devices, lightning.headDim());
      case Mamba mamba ->
          new Mamba(
              mamba.innerSize() / devices,
              mamba.stateSize(),
              mamba.stepRank(),
              mamba.kernelSize(),
              mamba.convolutionBias(),
              mamba.projectionBias(),
              mamba.norm());
      case Mamba2 mamba ->
          new Mamba2(
              mamba.numHeads() / devices,
              mamba.headDim(),
              mamba.stateSize(),
              Math.ceilDiv(mamba.numGroups(), devices),
              mamba.kernelSize(),
              mamba.convolutionBias(),
              mamba.projectionBias(),
              Math.ceilDiv(mamba.normGroups(), devices));
      case GatedConvolution convolution ->
          new GatedConvolution(
              convolution.channels() / devices, convolution.kernelSize(), convolution.bias());
    };
  }

  private static FeedForward feedForward(FeedForward feedForward, ServingLayout layout) {
    int devices = layout.tensorParallel();
    return switch (feedForward) {
      case DenseFeedForward dense -> dense(dense, devices);
      case MixtureOfExperts experts ->
          new MixtureOfExperts(
              experts.numExperts(),
              experts.numExpertsPerToken(),
              dense(experts.expert(), layout.devices()),
              experts.sharedExpert().map(shared -> dense(shared, devices)),
              experts.hasSharedGate(),
              experts.routing());
      case FeedForward.None none -> none;
    };
  }

  private static DenseFeedForward dense(DenseFeedForward dense, int devices) {
    return dense.withIntermediateSize(Math.ceilDiv(dense.intermediateSize(), devices));
  }
}
