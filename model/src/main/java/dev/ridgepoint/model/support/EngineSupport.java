package dev.ridgepoint.model.support;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.KeyValues;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.ScoreTerms;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.Numerics;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.AbsorbLatents;
import dev.ridgepoint.estimator.operation.Activate;
import dev.ridgepoint.estimator.operation.AlternateStreams;
import dev.ridgepoint.estimator.operation.AppendKeyValues;
import dev.ridgepoint.estimator.operation.Attend;
import dev.ridgepoint.estimator.operation.AttendExpandedLatents;
import dev.ridgepoint.estimator.operation.AttendLatents;
import dev.ridgepoint.estimator.operation.ChoosePositions;
import dev.ridgepoint.estimator.operation.Convolve;
import dev.ridgepoint.estimator.operation.ExpandLatents;
import dev.ridgepoint.estimator.operation.ExpertLinear;
import dev.ridgepoint.estimator.operation.Gate;
import dev.ridgepoint.estimator.operation.Gather;
import dev.ridgepoint.estimator.operation.JoinPerLayer;
import dev.ridgepoint.estimator.operation.Linear;
import dev.ridgepoint.estimator.operation.Normalize;
import dev.ridgepoint.estimator.operation.NormalizeHeads;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Pool;
import dev.ridgepoint.estimator.operation.ReadTable;
import dev.ridgepoint.estimator.operation.Rotate;
import dev.ridgepoint.estimator.operation.Route;
import dev.ridgepoint.estimator.operation.ScaleBySharedGate;
import dev.ridgepoint.estimator.operation.ScaleRows;
import dev.ridgepoint.estimator.operation.ScanDeltaRule;
import dev.ridgepoint.estimator.operation.ScanLinearAttention;
import dev.ridgepoint.estimator.operation.ScanStateSpace;
import dev.ridgepoint.estimator.operation.SoftCap;
import java.util.Optional;
import java.util.Set;

/** Whether the engine has what an architecture's operations need. */
public final class EngineSupport {
  /**
   * The values of {@code model_type} whose logits are tested against a reference. An architecture
   * does not say all of a family, such as which elements of a head RoPE pairs or how its
   * checkpoints name their tensors: what is not tested could run, and be wrong.
   */
  static final Set<String> TESTED_FAMILIES =
      Set.of("gemma2", "gemma3_text", "llama", "mistral", "qwen2", "qwen2_moe", "qwen3", "qwen3_moe");

  private static final String LATENT_ATTENTION = "latent attention";

  private EngineSupport() {}

  /**
   * Refuses what the engine cannot run.
   *
   * @param source the model, for the message
   * @throws InvalidInputException one line that names what is lacking
   */
  public static void require(String source, Architecture architecture) {
    Optional<String> lacking = lacking(architecture);
    if (lacking.isPresent()) {
      throw new InvalidInputException(
          source,
          "model_type \"%s\" can be estimated, but not run: the engine has no %s"
              .formatted(architecture.modelType(), lacking.get()));
    }
  }

  /** What the engine lacks to run an architecture, the first thing first. */
  public static Optional<String> lacking(Architecture architecture) {
    if (architecture.encoder().isPresent() || architecture.decoder().isEmpty()) {
      return Optional.of("encoder");
    }
    return numerics(architecture.numerics())
        .or(
            () ->
                OperationList.decoder(architecture, LatentForm.ABSORBED).stream()
                    .map(EngineSupport::lacking)
                    .flatMap(Optional::stream)
                    .findFirst())
        .or(() -> layers(architecture))
        .or(() -> experts(architecture))
        .or(() -> cache(architecture))
        .or(() -> family(architecture.modelType()));
  }

  private static Optional<String> numerics(Numerics numerics) {
    return lacks(numerics.residualScale() == 1, "factor of residuals")
        .or(() -> lacks(numerics.logitScale() == 1, "factor of logits"));
  }

  private static Optional<String> family(String modelType) {
    return lacks(TESTED_FAMILIES.contains(modelType), "test of this family against a reference");
  }

  private static Optional<String> layers(Architecture architecture) {
    boolean areWhole =
        architecture.decoder().orElseThrow().layers().stream()
            .allMatch(
                layer ->
                    layer.isOfAttentionAlone()
                        && !(layer.feedForward() instanceof FeedForward.None));
    return lacks(areWhole, "layer without attention or feed-forward");
  }

  /** One choice serves the experts of all layers. */
  private static Optional<String> experts(Architecture architecture) {
    long kinds =
        architecture.decoder().orElseThrow().layers().stream()
            .map(Layer::feedForward)
            .filter(MixtureOfExperts.class::isInstance)
            .map(MixtureOfExperts.class::cast)
            .map(experts -> experts.numExpertsPerToken() + " of " + experts.numExperts())
            .distinct()
            .count();
    return lacks(kinds <= 1, "layers with different numbers of experts");
  }

  /** One cache holds the keys and values of all layers. */
  private static Optional<String> cache(Architecture architecture) {
    long shapes =
        architecture.decoder().orElseThrow().layers().stream()
            .map(layer -> (GroupedQueryAttention) layer.attention())
            .map(attention -> attention.numKeyValueHeads() + "x" + attention.headDim())
            .distinct()
            .count();
    return lacks(shapes == 1, "cache for layers with different key-value heads");
  }

  private static Optional<String> lacking(Operation operation) {
    return switch (operation) {
      case Linear _, AppendKeyValues _, SoftCap _, Route _, ExpertLinear _, ScaleBySharedGate _ ->
          Optional.empty();
      case Gather gather -> lacks(!gather.isAdded(), "learned positions or token types");
      case Normalize normalize -> lacks(normalize.norm() == Norm.RMS, "norm " + normalize.norm());
      case NormalizeHeads heads -> {
        QueryKeyNorm norm = heads.attention().queryKeyNorm();
        boolean isPerHead =
            norm.norm() == Norm.RMS
                && norm.scope() == QueryKeyNorm.Scope.SHARED_BY_HEADS
                && !norm.includesValues();
        yield lacks(isPerHead, "norm of queries and keys but RMS per head");
      }
      case Rotate rotate ->
          rotate.attention() instanceof GroupedQueryAttention grouped
              ? rotation(grouped)
              : Optional.of(LATENT_ATTENTION);
      case Attend attend -> attention(attend);
      case Activate activate -> feedForward(activate.feedForward());
      case ReadTable _ -> Optional.of("relative positions");
      case Pool _ -> Optional.of("pooler");
      case AbsorbLatents _, AttendExpandedLatents _, AttendLatents _, ExpandLatents _ ->
          Optional.of(LATENT_ATTENTION);
      case AlternateStreams _ -> Optional.of("alternating updates of several streams");
      case JoinPerLayer _ -> Optional.of("embeddings of layers");
      case ScaleRows _ -> Optional.of("scale of a layer's output");
      case ChoosePositions _ -> Optional.of("indexer of sparse attention");
      case Convolve _ -> Optional.of("causal convolution");
      case Gate _ -> Optional.of("gate of a mixer's output");
      case ScanDeltaRule _, ScanLinearAttention _ -> Optional.of("linear attention");
      case ScanStateSpace _ -> Optional.of("state space");
    };
  }

  private static Optional<String> feedForward(DenseFeedForward feedForward) {
    Activation activation = feedForward.activation();
    boolean isSupported = activation == Activation.SILU || activation == Activation.GELU_TANH;
    return lacks(feedForward.isGated(), "feed-forward without a gate")
        .or(() -> lacks(isSupported, "hidden_act " + activation));
  }

  private static Optional<String> rotation(GroupedQueryAttention attention) {
    Rope rope = attention.rope();
    return lacks(rope.dim() == attention.headDim(), "RoPE of a part of a head")
        .or(
            () ->
                switch (rope.scaling()) {
                  case RopeScaling.None _,
                      RopeScaling.Linear _,
                      RopeScaling.Llama3 _,
                      RopeScaling.Divided _ ->
                      Optional.empty();
                  case RopeScaling other ->
                      Optional.of("RoPE scaling of type " + other.getClass().getSimpleName());
                });
  }

  private static Optional<String> attention(Attend attend) {
    ScoreTerms terms = attend.attention().scoreTerms();
    AttentionSpan span = attend.attention().span();
    boolean isSupported =
        span instanceof AttentionSpan.Causal || span instanceof AttentionSpan.Sliding;
    boolean hasOwnProjections = attend.attention().keyValues() == KeyValues.PROJECTED;
    return lacks(attend.source() == Attend.Source.CACHE, "attention without a cache")
        .or(() -> lacks(hasOwnProjections, "keys and values of another layer or projection"))
        .or(() -> lacks(isSupported, "attention in chunks"))
        .or(() -> lacks(!terms.positionBias(), "biases of distances"))
        .or(() -> lacks(!terms.sink(), "attention sinks"));
  }

  private static Optional<String> lacks(boolean has, String what) {
    return has ? Optional.empty() : Optional.of(what);
  }
}
