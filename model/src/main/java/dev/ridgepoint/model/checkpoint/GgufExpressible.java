package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.architecture.Routing;
import dev.ridgepoint.model.checkpoint.GgufArchitecture.Trait;
import java.util.List;
import java.util.Optional;

/**
 * What a GGUF file of an architecture cannot say of a model: llama.cpp would compute it otherwise,
 * or refuse it.
 */
record GgufExpressible(Architecture model, GgufArchitecture family) {
  private static final double RELATIVE_ERROR = 1e-6; // of what is a 32-bit number in the file

  /** Of llama.cpp. */
  private static final int EXPERTS_PER_GROUP_SCORE = 2;

  /** The first thing that the file cannot say. */
  Optional<String> lacking() {
    List<Layer> layers = model.decoder().orElseThrow().layers();
    for (int index = 0; index < layers.size(); index++) {
      int layer = index;
      Optional<String> lacking =
          switch (layers.get(index).attention()) {
            case GroupedQueryAttention grouped ->
                positions(grouped.span(), grouped.rope(), layer)
                    .or(() -> biases(grouped))
                    .or(() -> scores(grouped, layers.size()));
            case LatentAttention latent ->
                positions(latent.span(), latent.rope(), layer).or(() -> scores(latent));
          };
      if (lacking.isPresent()) {
        return lacking;
      }
      if (layers.get(index).feedForward() instanceof DenseFeedForward dense
          && dense.bias()
          && !family.has(Trait.BIASES)) {
        return Optional.of("biases");
      }
    }
    return family.has(Trait.EXPERT_GROUPS) ? experts(layers) : Optional.empty();
  }

  private Optional<String> positions(AttentionSpan span, Rope rope, int layer) {
    boolean slides = span instanceof AttentionSpan.Sliding;
    if (slides != family.layers().slide().test(layer)) {
      return Optional.of(
          span instanceof AttentionSpan.Sliding(int window)
              ? "sliding_window " + window + " in layer " + layer
              : "layer " + layer + " without a sliding window");
    }
    if (rope.dim() > 0 != family.layers().rotate().test(layer)) {
      return Optional.of("such rotary positions in layer " + layer);
    }
    return isExpressible(rope.scaling())
        ? Optional.empty()
        : Optional.of("RoPE scaling " + rope.scaling());
  }

  /**
   * llama.cpp reads no bounds of YaRN's ramp, and knows no dynamic scaling. Files of gpt-oss are
   * published with bounds that it rounds.
   */
  private boolean isExpressible(RopeScaling scaling) {
    if (family.has(Trait.LATENTS)) {
      return isExpressibleOfLatents(scaling);
    }
    return switch (scaling) {
      case RopeScaling.None _, RopeScaling.Linear _, RopeScaling.Llama3 _, RopeScaling.Divided _ ->
          true;
      case RopeScaling.Yarn yarn -> yarn.hasUsualRamp() || family.has(Trait.ROUNDED_YARN);
      case RopeScaling.LongRope longRope ->
          longRope.shortAttentionFactor() == longRope.longAttentionFactor();
      case RopeScaling.Dynamic _ -> false;
    };
  }

  /** llama.cpp undoes YaRN's factor of rotated elements, whatever the scaling, but for none. */
  private static boolean isExpressibleOfLatents(RopeScaling scaling) {
    return switch (scaling) {
      case RopeScaling.None _ -> true;
      case RopeScaling.Yarn yarn ->
          yarn.hasUsualRamp() && Math.abs(yarn.attentionFactor() - 1) < RELATIVE_ERROR;
      case RopeScaling.Linear _,
          RopeScaling.Llama3 _,
          RopeScaling.Divided _,
          RopeScaling.LongRope _,
          RopeScaling.Dynamic _ ->
          false;
    };
  }

  private Optional<String> biases(GroupedQueryAttention attention) {
    boolean fits =
        (!attention.qkvBias() || family.mayHaveQueryBias())
            && (!attention.outputBias() || family.has(Trait.BIASES));
    return fits ? Optional.empty() : Optional.of("biases");
  }

  private Optional<String> scores(GroupedQueryAttention attention, int layers) {
    if (attention.queryKeyNorm().norm().isPresent() && !family.has(Trait.QUERY_KEY_NORMS)) {
      return Optional.of("norms of queries and keys");
    }
    double implied =
        1
            / Math.sqrt(
                family.scoreDivisorSquared(
                    layers,
                    attention.headDim(),
                    model.hiddenSize(),
                    attention.numAttentionHeads()));
    boolean fits =
        family.has(Trait.SCALES) || Math.abs(attention.scoreScale() / implied - 1) < RELATIVE_ERROR;
    return fits ? Optional.empty() : Optional.of("score scale " + attention.scoreScale());
  }

  /** A key has YaRN's magnitude. */
  private static Optional<String> scores(LatentAttention attention) {
    double implied = 1 / Math.sqrt(attention.queryDim());
    boolean fits =
        attention.rope().scaling() instanceof RopeScaling.Yarn
            || Math.abs(attention.scoreScale() / implied - 1) < RELATIVE_ERROR;
    return fits ? Optional.empty() : Optional.of("score scale " + attention.scoreScale());
  }

  /** All layers have them but the first ones. In groups, llama.cpp adds the two best of each. */
  private Optional<String> experts(List<Layer> layers) {
    List<Layer> behindDense =
        layers.stream()
            .dropWhile(layer -> layer.feedForward() instanceof DenseFeedForward)
            .toList();
    if (behindDense.isEmpty()) {
      return Optional.of("models without experts");
    }
    for (Layer layer : behindDense) {
      if (!(layer.feedForward() instanceof MixtureOfExperts experts)) {
        return Optional.of("dense layer behind one with experts");
      }
      if (family.has(Trait.LATENTS) && experts.sharedExpert().isEmpty()) {
        return Optional.of("experts without shared ones");
      }
      Routing routing = experts.routing();
      if (routing.groups() > 1 && routing.expertsPerGroupScore() != EXPERTS_PER_GROUP_SCORE) {
        return Optional.of(
            "groups of experts whose " + routing.expertsPerGroupScore() + " best decide");
      }
    }
    return Optional.empty();
  }
}
