package dev.ridgepoint.model.support;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.KeyValues;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.ScoreTerms;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.Numerics;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.AbsorbLatents;
import dev.ridgepoint.estimator.operation.Activate;
import dev.ridgepoint.estimator.operation.AlternateStreams;
import dev.ridgepoint.estimator.operation.AppendKeyValues;
import dev.ridgepoint.estimator.operation.Attend;
import dev.ridgepoint.estimator.operation.AttendExpandedLatents;
import dev.ridgepoint.estimator.operation.AttendLatents;
import dev.ridgepoint.estimator.operation.ChoosePositions;
import dev.ridgepoint.estimator.operation.Clip;
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
      Set.of(
          "deepseek_v2",
          "deepseek_v3",
          "gemma2",
          "gemma3_text",
          "glm4",
          "glm4_moe",
          "gpt2",
          "gpt_neox",
          "gpt_oss",
          "granite",
          "granitemoe",
          "llama",
          "mistral",
          "mixtral",
          "olmo",
          "olmo2",
          "olmoe",
          "phi3",
          "qwen2",
          "qwen2_moe",
          "qwen3",
          "qwen3_moe",
          "smollm3",
          "stablelm",
          "starcoder2");

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
    return numerics(architecture)
        .or(
            () ->
                OperationList.ofEngine(architecture).stream()
                    .map(EngineSupport::lacking)
                    .flatMap(Optional::stream)
                    .findFirst())
        .or(() -> layers(architecture))
        .or(() -> experts(architecture))
        .or(() -> cache(architecture))
        .or(() -> family(architecture.modelType()));
  }

  /** Factors are folded into what stands beside them, where that is there. */
  private static Optional<String> numerics(Architecture architecture) {
    Numerics numerics = architecture.numerics();
    Stack decoder = architecture.decoder().orElseThrow();
    boolean hasPlainStream =
        !architecture.embedding().norm().isPresent()
            && decoder.layers().stream()
                .map(Layer::norms)
                .noneMatch(norms -> norms.afterAttention() || norms.afterFeedForward());
    boolean hasWeights = !decoder.finalNorm().weights(TensorRole.FINAL_NORM, 1).isEmpty();
    return lacks(
            numerics.residualScale() == 1 || hasPlainStream,
            "factor of residuals that are normalised")
        .or(
            () ->
                lacks(
                    numerics.logitScale() == 1 || hasWeights,
                    "factor of logits without weights of a norm"));
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
            .map(layer -> CachedHeads.of(layer.attention()))
            .distinct()
            .count();
    return lacks(shapes == 1, "cache for layers with different key-value heads");
  }

  private static Optional<String> lacking(Operation operation) {
    return switch (operation) {
      case Linear _,
          AppendKeyValues _,
          Clip _,
          SoftCap _,
          Route _,
          ExpertLinear _,
          ScaleBySharedGate _,
          Rotate _,
          AbsorbLatents _,
          AttendLatents _ ->
          Optional.empty();
      case Gather gather ->
          lacks(
              gather.table().role() != TensorRole.TOKEN_TYPE_EMBEDDING, "embedding of token types");
      case Normalize normalize -> norm(normalize);
      case NormalizeHeads heads -> {
        QueryKeyNorm norm = heads.attention().queryKeyNorm();
        boolean isSupported =
            norm.norm() == Norm.RMS
                && norm.scope() != QueryKeyNorm.Scope.PER_HEAD
                && !norm.includesValues();
        String what = norm.includesValues() ? "queries, keys and values" : "queries and keys";
        yield lacks(isSupported, "norm %s %s of %s".formatted(norm.norm(), norm.scope(), what));
      }
      case Attend attend -> attention(attend);
      case Activate activate -> feedForward(activate.feedForward());
      case ReadTable _ -> Optional.of("relative positions");
      case Pool _ -> Optional.of("pooler");
      case AttendExpandedLatents _, ExpandLatents _ -> Optional.of("expansion of latents");
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

  private static Optional<String> norm(Normalize normalize) {
    boolean isSupported =
        switch (normalize.norm()) {
          case RMS -> true;
          case LAYER, LAYER_NON_PARAMETRIC -> !normalize.isResidual();
          case NONE, RMS_NON_PARAMETRIC, LAYER_WITHOUT_BIAS -> false;
        };
    return lacks(isSupported, "norm " + normalize.norm());
  }

  private static Optional<String> feedForward(DenseFeedForward feedForward) {
    boolean isGated = feedForward.isGated();
    boolean isSupported =
        switch (feedForward.activation()) {
          case SILU, CLAMPED_QUICK_GELU -> isGated;
          case GELU -> !isGated;
          case GELU_TANH -> true;
          default -> false;
        };
    return lacks(
        isSupported,
        "hidden_act %s %s a gate".formatted(feedForward.activation(), isGated ? "of" : "without"));
  }

  private static Optional<String> attention(Attend attend) {
    ScoreTerms terms = attend.attention().scoreTerms();
    AttentionSpan span = attend.attention().span();
    boolean isSupported =
        span instanceof AttentionSpan.Causal || span instanceof AttentionSpan.Sliding;
    // The list bounds what is projected; OLMoE bounds what is normalised.
    boolean isBoundAfterNorm =
        attend.attention().projectionBound() != 0
            && attend.attention().queryKeyNorm().norm().isPresent();
    boolean hasOwnProjections = attend.attention().keyValues() == KeyValues.PROJECTED;
    return lacks(attend.source() == Attend.Source.CACHE, "attention without a cache")
        .or(() -> lacks(hasOwnProjections, "keys and values of another layer or projection"))
        .or(() -> lacks(isSupported, "attention in chunks"))
        .or(() -> lacks(!terms.positionBias(), "biases of distances"))
        .or(() -> lacks(!isBoundAfterNorm, "bound of queries and keys behind their norm"));
  }

  private static Optional<String> lacks(boolean has, String what) {
    return has ? Optional.empty() : Optional.of(what);
  }
}
