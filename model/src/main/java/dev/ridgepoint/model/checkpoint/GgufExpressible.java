package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.model.checkpoint.GgufArchitecture.Trait;
import java.util.List;
import java.util.Optional;

/**
 * What a GGUF file of an architecture cannot say of a model: llama.cpp would compute it otherwise,
 * or refuse it.
 */
record GgufExpressible(Architecture model, GgufArchitecture family) {
  private static final double RELATIVE_ERROR = 1e-6; // of what is a 32-bit number in the file

  /** The first thing that the file cannot say. */
  Optional<String> lacking() {
    List<Layer> layers = model.decoder().orElseThrow().layers();
    for (int index = 0; index < layers.size(); index++) {
      if (!(layers.get(index).attention() instanceof GroupedQueryAttention attention)) {
        return Optional.of("latent attention");
      }
      Optional<String> lacking =
          positions(attention, index)
              .or(() -> biases(attention))
              .or(() -> scores(attention, layers.size()));
      if (lacking.isPresent()) {
        return lacking;
      }
      if (layers.get(index).feedForward() instanceof DenseFeedForward dense
          && dense.bias()
          && !family.has(Trait.BIASES)) {
        return Optional.of("biases");
      }
    }
    return Optional.empty();
  }

  private Optional<String> positions(GroupedQueryAttention attention, int layer) {
    boolean slides = attention.span() instanceof AttentionSpan.Sliding;
    if (slides != family.layers().slide().test(layer)) {
      return Optional.of(
          attention.span() instanceof AttentionSpan.Sliding(int window)
              ? "sliding_window " + window + " in layer " + layer
              : "layer " + layer + " without a sliding window");
    }
    if (attention.rope().dim() > 0 != family.layers().rotate().test(layer)) {
      return Optional.of("such rotary positions in layer " + layer);
    }
    RopeScaling scaling = attention.rope().scaling();
    return isExpressible(scaling) ? Optional.empty() : Optional.of("RoPE scaling " + scaling);
  }

  /**
   * llama.cpp reads no bounds of YaRN's ramp, and knows no dynamic scaling. Files of gpt-oss are
   * published with bounds that it rounds.
   */
  private boolean isExpressible(RopeScaling scaling) {
    return switch (scaling) {
      case RopeScaling.None _, RopeScaling.Linear _, RopeScaling.Llama3 _, RopeScaling.Divided _ ->
          true;
      case RopeScaling.Yarn yarn -> yarn.hasUsualRamp() || family.has(Trait.ROUNDED_YARN);
      case RopeScaling.LongRope longRope ->
          longRope.shortAttentionFactor() == longRope.longAttentionFactor();
      case RopeScaling.Dynamic _ -> false;
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
}
