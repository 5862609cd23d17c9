package dev.ridgepoint.estimator.inference;

import static java.lang.Math.addExact;
import static java.lang.Math.multiplyExact;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Attention;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.RecurrentMixer;
import dev.ridgepoint.estimator.architecture.SparseIndexer;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.architecture.TokenMixer;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An upper bound of what inference holds between operations: every output of the widest layer at
 * once, the logits, and rotary tables. Scores are not held, because attention keeps running sums
 * (FlashAttention, Dao et al. 2022, arXiv:2205.14135).
 *
 * @param activations their format
 * @param tokenElements for each new token
 * @param logitElements for each position that gets logits
 * @param rotaryElements for each position of the rotary tables
 */
public record Workspace(
    Precision activations, long tokenElements, long logitElements, long rotaryElements) {

  /**
   * Bytes for one step.
   *
   * @param newTokens of all sequences
   * @param logits positions of all sequences that get logits
   * @param positions rows of the rotary tables
   * @throws ArithmeticException beyond 2^63
   */
  public static long bytes(
      Architecture architecture,
      ForwardOptions options,
      long newTokens,
      long logits,
      long positions) {
    return of(architecture, options).bytes(newTokens, logits, positions);
  }

  /** What there is per token, per row of logits and per row of the rotary tables. */
  static Workspace of(Architecture architecture, ForwardOptions options) {
    long hidden = architecture.hiddenSize();
    long widest =
        layers(architecture)
            .mapToLong(
                layer ->
                    layer.mixers().stream()
                            .mapToLong(mixer -> mixerOutputs(mixer, options.latentForm()))
                            .sum()
                        + furtherNormed(layer.norms()) * hidden
                        + layer.crossAttention().map(cross -> 2 * cross.queryWidth()).orElse(0L)
                        + feedForwardOutputs(layer.feedForward(), hidden))
            .max()
            .orElseThrow();
    long rotary =
        layers(architecture)
            .flatMap(layer -> layer.attentions().stream())
            .mapToLong(Attention::rotaryDim)
            .max()
            .orElse(0);
    return new Workspace(
        options.activations(),
        2 * hidden + widest,
        hidden + architecture.embedding().vocabSize(),
        rotary);
  }

  /** As {@link #bytes(Architecture, ForwardOptions, long, long, long)}. */
  long bytes(long newTokens, long logits, long positions) {
    long outputs =
        addExact(multiplyExact(tokenElements, newTokens), multiplyExact(logitElements, logits));
    return activations.rowBytes(addExact(multiplyExact(positions, rotaryElements), outputs));
  }

  /** Rows as wide as the stream besides those that a part takes in. */
  private static long furtherNormed(LayerNorms norms) {
    boolean hasBranch = norms.isBranchNormalized() && norms.beforeAttention();
    return hasBranch || (norms.isParallel() && norms.beforeFeedForward()) ? 1 : 0;
  }

  private static Stream<Layer> layers(Architecture architecture) {
    return Stream.of(architecture.encoder(), architecture.decoder())
        .flatMap(Optional::stream)
        .map(Stack::distinctLayers)
        .flatMap(layers -> layers.keySet().stream());
  }

  private static long mixerOutputs(TokenMixer mixer, LatentForm form) {
    return switch (mixer) {
      case RecurrentMixer recurrent -> recurrent.tokenElements();
      case GroupedQueryAttention grouped ->
          (grouped.outputTerms().gate() ? 3 : 2) * grouped.queryWidth()
              + 2 * grouped.keyValueWidth();
      case LatentAttention latent -> {
        long projections =
            latent.queryLoraRank()
                + latent.queryWidth()
                + latent.latentWidth()
                + latent.valueWidth();
        long heads = latent.numAttentionHeads();
        long further =
            form == LatentForm.ABSORBED
                ? heads * (latent.latentWidth() + latent.keyValueLoraRank())
                : heads * (latent.keyDim() + latent.valueDim());
        long index = latent.indexer().map(SparseIndexer::tokenElements).orElse(0L);
        yield projections + further + index;
      }
    };
  }

  private static long feedForwardOutputs(FeedForward feedForward, long hidden) {
    return switch (feedForward) {
      case DenseFeedForward dense -> dense.inputProjectionWidth() + dense.intermediateSize();
      case MixtureOfExperts experts ->
          experts.numExperts()
              + experts.numExpertsPerToken()
                  * (hidden + feedForwardOutputs(experts.expert(), hidden))
              + experts.sharedExpert().map(shared -> feedForwardOutputs(shared, hidden)).orElse(0L)
              + (experts.hasSharedGate() ? hidden + 1 : 0);
      case FeedForward.None _ -> 0;
    };
  }
}
