package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GatedDeltaNet;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.OutputTerms;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.Numerics;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.Routing;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/** Qwen, dense and with experts, and the text parts of those that see. */
final class QwenFamilies {
  // Of the configuration class of each family.
  private static final Defaults QWEN = new Defaults(32_768, 1e-6, 10_000);
  private static final int WINDOW = 4_096;
  private static final int FIRST_SLIDING_LAYER = 28;
  private static final int FULL_ATTENTION_INTERVAL = 4;
  private static final double HYBRID_ROTARY_FRACTION = 0.25;

  private QwenFamilies() {}

  static Map<String, Family> all() {
    Map<String, Family> families = new HashMap<>();
    for (String type : List.of("qwen2", "qwen2_vl", "qwen2_vl_text", "qwen2_5_vl")) {
      families.put(type, QwenFamilies::qwen2);
    }
    families.put("qwen2_5_vl_text", QwenFamilies::qwen2);
    families.put("qwen2_5_omni_text", QwenFamilies::qwen2);
    families.put("mimo", QwenFamilies::mimo);
    families.put("qwen2_moe", QwenFamilies::qwen2Moe);
    families.put("qwen3", QwenFamilies::qwen3);
    families.put("qwen3_vl_text", QwenFamilies::qwen3);
    families.put("qwen3_moe", QwenFamilies::qwen3Moe);
    families.put("qwen3_vl_moe_text", QwenFamilies::qwen3Moe);
    families.put("qwen3_omni_moe_text", QwenFamilies::qwen3Moe);
    families.put(
        "qwen3_next",
        json ->
            hybrid(json, sparseEvery(json, gatedExperts(json, Routings.softmax(json, true))), 1));
    families.put(
        "qwen3_5_text",
        json -> hybrid(json, any -> FeedForwards.gated(json, false), furtherTokens(json)));
    families.put(
        "qwen3_5_moe_text",
        json -> {
          MixtureOfExperts experts = gatedExperts(json, Routing.NORMALIZED_SOFTMAX);
          return hybrid(json, any -> experts, furtherTokens(json));
        });
    return families;
  }

  /** arXiv:2407.10671: biases of queries, keys and values. */
  private static Architecture qwen2(JsonFields json) {
    return new DecoderBuilder(json, QWEN).qkvBias(true).rope(rope(json)).spans(spans(json)).build();
  }

  /** Xiaomi 2025, arXiv:2505.07608: Qwen2 with a module for further tokens. */
  private static Architecture mimo(JsonFields json) {
    return new DecoderBuilder(json, QWEN)
        .qkvBias(json.booleanOr("attention_bias", true))
        .spans(spans(json))
        .nextTokenPredictLayers(json.intOr("num_nextn_predict_layers", 0))
        .build();
  }

  /** arXiv:2407.10671: beside the experts a gated one that every token passes. */
  private static Architecture qwen2Moe(JsonFields json) {
    return new DecoderBuilder(json, QWEN)
        .qkvBias(true)
        .spans(spans(json))
        .feedForward(sparseEvery(json, gatedExperts(json, Routings.softmax(json))))
        .build();
  }

  /** arXiv:2505.09388: norms of each query and key instead of biases. */
  private static Architecture qwen3(JsonFields json) {
    return qwen3Builder(json).build();
  }

  private static Architecture qwen3Moe(JsonFields json) {
    return qwen3Builder(json)
        .feedForward(
            sparseEvery(
                json,
                FeedForwards.experts(json, "num_experts", "moe_intermediate_size")
                    .withRouting(Routings.softmax(json))))
        .build();
  }

  private static DecoderBuilder qwen3Builder(JsonFields json) {
    return new DecoderBuilder(json, QWEN)
        .attentionBias(json.booleanOr("attention_bias", false))
        .queryKeyNorm(LlamaFamilies.HEAD_NORM)
        .rope(rope(json))
        .spans(spans(json));
  }

  /**
   * Qwen3-Next and Qwen3.5: gated delta nets, and in every fourth layer attention whose output is
   * gated. Norms multiply with 1 + w.
   *
   * @param furtherTokens modules for further tokens, which Qwen3-Next's config does not tell of
   */
  private static Architecture hybrid(
      JsonFields json, IntFunction<? extends FeedForward> feedForward, int furtherTokens) {
    int interval = Sizes.interval(json, "full_attention_interval", FULL_ATTENTION_INTERVAL);
    IntPredicate attends =
        LayerSpans.are(
            json, LayerSpans.FULL, "linear_attention", layer -> (layer + 1) % interval == 0);
    double epsilon = Sizes.positive(json, "rms_norm_eps", QWEN.normEpsilon());
    DecoderBuilder builder = new DecoderBuilder(json, QWEN);
    return builder
        .attentionBias(json.booleanOr("attention_bias", false))
        .queryKeyNorm(LlamaFamilies.HEAD_NORM)
        .rope(
            RopeReader.of(json, QWEN)
                .withImages()
                .part(Sizes.headDim(json), HYBRID_ROTARY_FRACTION))
        .outputTerms(new OutputTerms(json.booleanOr("attn_output_gate", true), Norm.NONE))
        .spans(LayerSpans.ofAttendingLayers(Sizes.layers(json)))
        .mixer(attends, deltaNet(json))
        .feedForward(feedForward)
        .numerics(new Numerics(epsilon, true, 1, 1, 1, 0))
        .nextTokenPredictLayers(furtherTokens)
        .build();
  }

  private static GatedDeltaNet deltaNet(JsonFields json) {
    return new GatedDeltaNet(
        json.requiredInt("linear_num_key_heads"),
        json.requiredInt("linear_num_value_heads"),
        json.requiredInt("linear_key_head_dim"),
        json.requiredInt("linear_value_head_dim"),
        json.intOr("linear_conv_kernel_dim", 4),
        false);
  }

  private static int furtherTokens(JsonFields json) {
    return json.intOr("mtp_num_hidden_layers", 0);
  }

  private static MixtureOfExperts gatedExperts(JsonFields json, Routing routing) {
    return FeedForwards.experts(json, "num_experts", "moe_intermediate_size")
        .withShared(FeedForwards.gated(json, json.requiredInt("shared_expert_intermediate_size")))
        .withSharedGate()
        .withRouting(routing);
  }

  /** Experts in every {@code decoder_sparse_step}-th layer, but for {@code mlp_only_layers}. */
  private static IntFunction<FeedForward> sparseEvery(JsonFields json, MixtureOfExperts experts) {
    int step = Sizes.interval(json, "decoder_sparse_step", 1);
    List<Integer> denseLayers =
        json.has("mlp_only_layers") ? json.requiredInts("mlp_only_layers") : List.of();
    return layer ->
        (layer + 1) % step == 0 && !denseLayers.contains(layer)
            ? experts
            : FeedForwards.gated(json, false);
  }

  private static Rope rope(JsonFields json) {
    return RopeReader.of(json, QWEN).withImages().whole(Sizes.headDim(json));
  }

  /** Layers from {@code max_window_layers} on slide, if any may. */
  private static List<AttentionSpan> spans(JsonFields json) {
    int first = json.intOr("max_window_layers", FIRST_SLIDING_LAYER);
    if (first < 0) {
      throw json.invalid("max_window_layers", "must not be negative, but is " + first);
    }
    int window =
        json.booleanOr("use_sliding_window", false)
            ? LayerSpans.window(json, WINDOW)
            : LayerSpans.NO_WINDOW;
    return LayerSpans.sliding(json, window, layer -> layer >= first);
  }
}
