package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.ScoreTerms;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.Limits;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm.Scope;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/** Decoders with mixtures of experts. */
final class ExpertFamilies {
  // Of the configuration class of each family.
  private static final Defaults MIXTRAL = new Defaults(131_072, 1e-5, 1_000_000);
  private static final Defaults OLMOE = new Defaults(4_096, 1e-5, 10_000);
  private static final Defaults GPT_OSS = new Defaults(131_072, 1e-5, 150_000);
  private static final Defaults LLAMA4 = new Defaults(131_072, 1e-5, 500_000);
  private static final Defaults DEEPSEEK_V2 = new Defaults(2_048, 1e-6, 10_000);
  private static final Defaults DEEPSEEK_V3 = new Defaults(4_096, 1e-6, 10_000);

  private static final int GPT_OSS_WINDOW = 128;
  private static final RopeScaling GPT_OSS_SCALING =
      new RopeScaling.Yarn(32, 4_096, 32, 1, RopeReader.yarnMagnitude(32, 1), false);
  private static final int LLAMA4_NO_ROPE_INTERVAL = 4;
  private static final int LLAMA4_CHUNK = 8_192;
  private static final QueryKeyNorm LLAMA4_NORM =
      new QueryKeyNorm(Norm.RMS_NON_PARAMETRIC, Scope.SHARED_BY_HEADS);

  private ExpertFamilies() {}

  static Map<String, Family> all() {
    return Map.of(
        "mixtral", ExpertFamilies::mixtral,
        "phimoe", ExpertFamilies::phimoe,
        "qwen2_moe", ExpertFamilies::qwen2,
        "qwen3_moe", ExpertFamilies::qwen3,
        "olmoe", ExpertFamilies::olmoe,
        "gpt_oss", ExpertFamilies::gptOss,
        "llama4_text", ExpertFamilies::llama4,
        "deepseek_v2", json -> deepseek(json, DEEPSEEK_V2, false, 0),
        "deepseek_v3", json -> deepseek(json, DEEPSEEK_V3, true, 3));
  }

  /** arXiv:2401.04088. */
  private static Architecture mixtral(JsonFields json) {
    return mixtralBuilder(json).build();
  }

  /** arXiv:2404.14219: Mixtral's experts, with layer norms and biases. */
  private static Architecture phimoe(JsonFields json) {
    return mixtralBuilder(json)
        .attentionBias(json.booleanOr("attention_bias", false))
        .norms(LayerNorms.before(Norm.LAYER))
        .headBias(json.booleanOr("lm_head_bias", false))
        .build();
  }

  private static DecoderBuilder mixtralBuilder(JsonFields json) {
    int window = LayerSpans.window(json, LayerSpans.NO_WINDOW);
    return new DecoderBuilder(json, MIXTRAL)
        .spans(LayerSpans.sliding(json, window, any -> true))
        .feedForward(experts(json, "num_local_experts", "intermediate_size"));
  }

  /** arXiv:2407.10671: beside the experts a gated one that every token passes. */
  private static Architecture qwen2(JsonFields json) {
    DenseFeedForward shared = expert(json, json.requiredInt("shared_expert_intermediate_size"));
    MixtureOfExperts experts =
        withShared(experts(json, "num_experts", "moe_intermediate_size"), shared, true);
    return new DecoderBuilder(json, LlamaFamilies.QWEN)
        .qkvBias(true)
        .spans(LlamaFamilies.qwenSpans(json))
        .feedForward(sparseEvery(json, experts))
        .build();
  }

  /** arXiv:2505.09388. */
  private static Architecture qwen3(JsonFields json) {
    return new DecoderBuilder(json, LlamaFamilies.QWEN)
        .attentionBias(json.booleanOr("attention_bias", false))
        .queryKeyNorm(LlamaFamilies.HEAD_NORM)
        .spans(LlamaFamilies.qwenSpans(json))
        .feedForward(sparseEvery(json, experts(json, "num_experts", "moe_intermediate_size")))
        .build();
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

  /** arXiv:2409.02060. */
  private static Architecture olmoe(JsonFields json) {
    return new DecoderBuilder(json, OLMOE)
        .attentionBias(json.booleanOr("attention_bias", false))
        .queryKeyNorm(LlamaFamilies.WHOLE_NORM)
        .feedForward(experts(json, "num_experts", "intermediate_size"))
        .build();
  }

  /** arXiv:2508.10925: even layers are local; every projection has a bias; heads have sinks. */
  private static Architecture gptOss(JsonFields json) {
    int window = LayerSpans.window(json, GPT_OSS_WINDOW);
    DenseFeedForward expert =
        new DenseFeedForward(
            json.requiredInt("intermediate_size"), true, Activation.CLAMPED_QUICK_GELU, true);
    return new DecoderBuilder(json, GPT_OSS)
        .keyValueHeads(json.requiredInt("num_key_value_heads"))
        .attentionBias(json.booleanOr("attention_bias", true))
        .rope(gptOssRope(json))
        .scoreTerms(new ScoreTerms(false, 0, true))
        .spans(LayerSpans.sliding(json, window, layer -> layer % 2 == 0))
        .feedForward(
            new MixtureOfExperts(
                json.requiredInt("num_local_experts"),
                json.requiredInt("num_experts_per_tok"),
                expert,
                Optional.empty(),
                false,
                true))
        .build();
  }

  /** Stretched even where a config does not say how. */
  private static Rope gptOssRope(JsonFields json) {
    Rope rope = RopeReader.of(json, GPT_OSS).whole(Sizes.headDim(json));
    return json.has("rope_scaling") || json.has("rope_parameters")
        ? rope
        : new Rope(rope.dim(), rope.theta(), GPT_OSS_SCALING);
  }

  /**
   * Layers with RoPE see their own chunk and normalise queries and keys without weights; the
   * others, every fourth, see everything. Every {@code interleave_moe_layer_step}-th layer has
   * experts, with a shared one of the same size.
   */
  private static Architecture llama4(JsonFields json) {
    boolean qkNorm = json.booleanOr("use_qk_norm", true);
    int chunk = json.intOr("attention_chunk_size", LLAMA4_CHUNK);
    Rope rope = RopeReader.of(json, LLAMA4).whole(Sizes.headDim(json));
    MixtureOfExperts routed = experts(json, "num_local_experts", "intermediate_size");
    MixtureOfExperts experts = withShared(routed, routed.expert(), false);
    DenseFeedForward dense = expert(json, json.requiredInt("intermediate_size_mlp"));
    List<Integer> expertLayers = llama4ExpertLayers(json);
    return new DecoderBuilder(json, LLAMA4)
        .attentionBias(json.booleanOr("attention_bias", false))
        .queryKeyNorm(layer -> qkNorm && llama4Rope(json, layer) ? LLAMA4_NORM : QueryKeyNorm.NONE)
        .rope(layer -> llama4Rope(json, layer) ? rope : Rope.NONE)
        .spans(LayerSpans.chunked(json, chunk, layer -> llama4Rope(json, layer)))
        .feedForward(layer -> expertLayers.contains(layer) ? experts : dense)
        .build();
  }

  private static boolean llama4Rope(JsonFields json, int layer) {
    return LlamaFamilies.hasRope(json, layer, LLAMA4_NO_ROPE_INTERVAL);
  }

  private static List<Integer> llama4ExpertLayers(JsonFields json) {
    if (json.has("moe_layers")) {
      return json.requiredInts("moe_layers");
    }
    int step = Sizes.interval(json, "interleave_moe_layer_step", 1);
    List<Integer> expertLayers = new ArrayList<>();
    for (int layer = step - 1; layer < Sizes.layers(json); layer += step) {
      expertLayers.add(layer);
    }
    return expertLayers;
  }

  /** arXiv:2405.04434, arXiv:2412.19437: latent attention, first layers dense, shared experts. */
  private static Architecture deepseek(
      JsonFields json, Defaults defaults, boolean routerBias, int defaultDenseLayers) {
    Sizes.refuse(json, "attention_bias", true, false);
    int firstExpertLayer = json.intOr("first_k_dense_replace", defaultDenseLayers);
    int frequency = Sizes.interval(json, "moe_layer_freq", 1);
    MixtureOfExperts experts = deepseekExperts(json, routerBias);
    Rope rope = RopeReader.of(json, defaults).ofDim(json.requiredInt("qk_rope_head_dim"));
    return new DecoderBuilder(json, defaults)
        .attention(latentAttention(json, rope))
        .rope(rope)
        .feedForward(
            layer ->
                layer >= firstExpertLayer && layer % frequency == 0
                    ? experts
                    : FeedForwards.gated(json, false))
        .nextTokenPredictLayers(json.intOr("num_nextn_predict_layers", 0))
        .build();
  }

  private static LatentAttention latentAttention(JsonFields json, Rope rope) {
    int keyDim = json.requiredInt("qk_nope_head_dim");
    return new LatentAttention(
        json.requiredInt("num_attention_heads"),
        json.intOr("q_lora_rank", 0),
        json.requiredInt("kv_lora_rank"),
        keyDim,
        rope,
        json.requiredInt("v_head_dim"),
        deepseekMagnitude(json, rope) / Math.sqrt((double) keyDim + rope.dim()),
        new AttentionSpan.Causal());
  }

  /** Once for the query and once for the key; modeling_deepseek_v3.py has it in the scale. */
  private static double deepseekMagnitude(JsonFields json, Rope rope) {
    if (!(rope.scaling() instanceof RopeScaling.Yarn yarn)) {
      return 1;
    }
    JsonFields scaling =
        json.requiredObject(json.has("rope_scaling") ? "rope_scaling" : "rope_parameters");
    double weight = scaling.doubleOr("mscale_all_dim", 0);
    double magnitude = weight == 0 ? 1 : RopeReader.yarnMagnitude(yarn.factor(), weight);
    return magnitude * magnitude;
  }

  private static MixtureOfExperts deepseekExperts(JsonFields json, boolean routerBias) {
    int intermediate = json.requiredInt("moe_intermediate_size");
    int shared = json.intOr("n_shared_experts", 0);
    Limits.requireSizeOrNone("n_shared_experts", shared, Limits.MAX_EXPERTS);
    Limits.require(
        (long) shared * intermediate <= Limits.MAX_INTERMEDIATE,
        "n_shared_experts",
        shared,
        "times moe_intermediate_size must be at most " + Limits.MAX_INTERMEDIATE);
    return new MixtureOfExperts(
        json.requiredInt("n_routed_experts"),
        json.requiredInt("num_experts_per_tok"),
        expert(json, intermediate),
        shared == 0 ? Optional.empty() : Optional.of(expert(json, shared * intermediate)),
        false,
        routerBias);
  }

  private static MixtureOfExperts experts(
      JsonFields json, String numExpertsField, String intermediateField) {
    return new MixtureOfExperts(
        json.requiredInt(numExpertsField),
        json.requiredInt("num_experts_per_tok"),
        expert(json, json.requiredInt(intermediateField)),
        Optional.empty(),
        false,
        false);
  }

  private static MixtureOfExperts withShared(
      MixtureOfExperts routed, DenseFeedForward shared, boolean hasGate) {
    return new MixtureOfExperts(
        routed.numExperts(),
        routed.numExpertsPerToken(),
        routed.expert(),
        Optional.of(shared),
        hasGate,
        false);
  }

  private static DenseFeedForward expert(JsonFields json, int intermediate) {
    return new DenseFeedForward(
        intermediate, true, FeedForwards.activation(json, "hidden_act", "silu"), false);
  }
}
