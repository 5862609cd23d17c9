package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.Numerics;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm.Scope;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Llama and its dense descendants: gated feed-forward, RoPE, one part after the other. */
final class LlamaFamilies {
  static final QueryKeyNorm HEAD_NORM = new QueryKeyNorm(Norm.RMS, Scope.SHARED_BY_HEADS);
  static final QueryKeyNorm WHOLE_NORM = new QueryKeyNorm(Norm.RMS, Scope.WHOLE);

  private static final Defaults LLAMA = new Defaults(2_048, 1e-6, 10_000);
  private static final Defaults MISTRAL = new Defaults(131_072, 1e-6, 10_000);
  private static final Defaults PHI3 = new Defaults(4_096, 1e-5, 10_000);
  private static final Defaults SMOLLM3 = new Defaults(32_768, 1e-6, 2_000_000);
  private static final Defaults OLMO = new Defaults(2_048, 1e-5, 10_000);

  // Defaults of the same configuration classes.
  private static final int MISTRAL_WINDOW = 4_096;
  private static final int SMOLLM3_NO_ROPE_INTERVAL = 4;

  private LlamaFamilies() {}

  static Map<String, Family> all() {
    return Map.ofEntries(
        Map.entry("llama", LlamaFamilies::llama),
        Map.entry("granite", LlamaFamilies::granite),
        Map.entry("granitemoe", LlamaFamilies::graniteMoe),
        Map.entry("granitemoeshared", LlamaFamilies::graniteMoe),
        Map.entry("internlm2", LlamaFamilies::internlm2),
        Map.entry("mistral", LlamaFamilies::mistral),
        Map.entry("phi3", LlamaFamilies::phi3),
        Map.entry("smollm3", LlamaFamilies::smollm3),
        Map.entry("olmo", LlamaFamilies::olmo),
        Map.entry("olmo2", LlamaFamilies::olmo2));
  }

  /** arXiv:2302.13971, arXiv:2407.21783. */
  private static Architecture llama(JsonFields json) {
    return llamaWithBiases(json).build();
  }

  private static DecoderBuilder llamaWithBiases(JsonFields json) {
    return new DecoderBuilder(json, LLAMA)
        .attentionBias(json.booleanOr("attention_bias", false))
        .feedForward(FeedForwards.gated(json, json.booleanOr("mlp_bias", false)));
  }

  /** IBM 2024, Granite 3.0: Llama with a factor at four places. */
  private static Architecture granite(JsonFields json) {
    return graniteBuilder(json)
        .feedForward(FeedForwards.gated(json, json.booleanOr("mlp_bias", false)))
        .build();
  }

  /** The same with experts, beside one that every token passes where the config has its width. */
  private static Architecture graniteMoe(JsonFields json) {
    MixtureOfExperts routed = FeedForwards.experts(json, "num_local_experts", "intermediate_size");
    int shared = json.intOr("shared_intermediate_size", 0);
    return graniteBuilder(json)
        .feedForward(shared == 0 ? routed : routed.withShared(FeedForwards.gated(json, shared)))
        .build();
  }

  static DecoderBuilder graniteBuilder(JsonFields json) {
    return new DecoderBuilder(json, LLAMA)
        .attentionBias(json.booleanOr("attention_bias", false))
        .scoreScale(Sizes.positive(json, "attention_multiplier", 1))
        .numerics(
            new Numerics(
                Sizes.positive(json, "rms_norm_eps", LLAMA.normEpsilon()),
                false,
                Sizes.positive(json, "embedding_multiplier", 1),
                Sizes.positive(json, "residual_multiplier", 1),
                1 / Sizes.positive(json, "logits_scaling", 1),
                0));
  }

  /** arXiv:2403.17297. */
  private static Architecture internlm2(JsonFields json) {
    return new DecoderBuilder(json, LLAMA).attentionBias(json.booleanOr("bias", false)).build();
  }

  /** arXiv:2310.06825: every layer slides. */
  private static Architecture mistral(JsonFields json) {
    int window = LayerSpans.window(json, MISTRAL_WINDOW);
    return new DecoderBuilder(json, MISTRAL)
        .spans(LayerSpans.sliding(json, window, any -> true))
        .build();
  }

  /** arXiv:2404.14219. Later ones rotate a part of each head. */
  private static Architecture phi3(JsonFields json) {
    Sizes.refuse(json, "attention_bias", true, false);
    int window = LayerSpans.window(json, LayerSpans.NO_WINDOW);
    return new DecoderBuilder(json, PHI3)
        .rope(RopeReader.of(json, PHI3).part(Sizes.headDim(json), 1))
        .spans(LayerSpans.sliding(json, window, any -> true))
        .build();
  }

  /** Every fourth layer has no positions. */
  private static Architecture smollm3(JsonFields json) {
    Sizes.refuse(json, "use_sliding_window", true, false);
    Rope rope = RopeReader.of(json, SMOLLM3).whole(Sizes.headDim(json));
    return new DecoderBuilder(json, SMOLLM3)
        .attentionBias(json.booleanOr("attention_bias", false))
        .rope(layer -> hasRope(json, layer, SMOLLM3_NO_ROPE_INTERVAL) ? rope : Rope.NONE)
        .feedForward(FeedForwards.gated(json, json.booleanOr("mlp_bias", false)))
        .tiedByDefault()
        .build();
  }

  /** {@code no_rope_layers} holds 1 for a layer with RoPE; without it, every n-th has none. */
  static boolean hasRope(JsonFields json, int layer, int defaultInterval) {
    if (json.has("no_rope_layers") && !json.requiredInts("no_rope_layers").isEmpty()) {
      List<Integer> flags = json.requiredInts("no_rope_layers");
      if (flags.size() != Sizes.layers(json)) {
        throw json.invalid(
            "no_rope_layers",
            String.format(
                Locale.ROOT,
                "must hold num_hidden_layers (%d) numbers, but holds %d",
                Sizes.layers(json),
                flags.size()));
      }
      return flags.get(layer) != 0;
    }
    return (layer + 1) % Sizes.interval(json, "no_rope_layer_interval", defaultInterval) != 0;
  }

  /** arXiv:2402.00838: its norms have no weights, and modeling_olmo.py gives their epsilon. */
  private static Architecture olmo(JsonFields json) {
    return new DecoderBuilder(json, OLMO)
        .attentionBias(json.booleanOr("attention_bias", false))
        .norms(LayerNorms.before(Norm.LAYER_NON_PARAMETRIC))
        .projectionBound(json.doubleOr("clip_qkv", 0))
        .numerics(Numerics.ofEpsilon(OLMO.normEpsilon()))
        .build();
  }

  /** arXiv:2501.00656: it normalises what the parts put out, not what they take in. */
  private static Architecture olmo2(JsonFields json) {
    return new DecoderBuilder(json, OLMO)
        .attentionBias(json.booleanOr("attention_bias", false))
        .queryKeyNorm(WHOLE_NORM)
        .norms(LayerNorms.afterBranch(Norm.RMS))
        .build();
  }
}
