package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GatedDeltaNet;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.architecture.Routing;
import dev.ridgepoint.estimator.architecture.SparseIndexer;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * DeepSeek and those built like it: fine experts beside shared ones behind dense first layers
 * (DeepSeekMoE, arXiv:2401.06066), with latent attention (arXiv:2405.04434) or Llama's.
 */
final class DeepSeekFamilies {
  // Of the configuration class of each family.
  private static final Defaults V1 = new Defaults(2_048, 1e-6, 10_000);
  private static final Defaults V3 = new Defaults(4_096, 1e-6, 10_000);
  private static final Defaults GLM_LITE = new Defaults(202_752, 1e-5, 10_000);
  private static final Defaults GLM = new Defaults(131_072, 1e-5, 10_000);
  private static final Defaults BAILING = new Defaults(32_768, 1e-6, 600_000);
  private static final Defaults KIMI_LINEAR = new Defaults(1_048_576, 1e-5, 10_000);
  private static final double HALF_ROTARY = 0.5;
  private static final double V3_SCALE = 2.5;
  private static final double GLM_LITE_SCALE = 1.8;

  private DeepSeekFamilies() {}

  static Map<String, Family> all() {
    return Map.ofEntries(
        Map.entry(
            "deepseek", json -> llamaLike(json, V1, Routings.deepSeek(json), QueryKeyNorm.NONE)),
        Map.entry("deepseek_v2", json -> latent(json, V1, Routings.deepSeek(json), 0)),
        Map.entry("deepseek_v3", json -> latent(json, V3, Routings.corrected(json, V3_SCALE), 3)),
        Map.entry("deepseek_v32", json -> latent(json, V3, Routings.corrected(json, V3_SCALE), 3)),
        Map.entry("kimi_k2", json -> latent(json, V3, Routings.corrected(json, V3_SCALE), 3)),
        Map.entry(
            "glm4_moe_lite",
            json -> latent(json, GLM_LITE, Routings.corrected(json, GLM_LITE_SCALE), 1)),
        Map.entry(
            "dots1",
            json -> llamaLike(json, V1, Routings.corrected(json, 1), LlamaFamilies.HEAD_NORM)),
        Map.entry("glm4_moe", DeepSeekFamilies::glm),
        Map.entry("kimi_linear", DeepSeekFamilies::kimiLinear),
        Map.entry("bailing_moe", DeepSeekFamilies::bailing),
        Map.entry("bailing_moe_v2", DeepSeekFamilies::bailing),
        Map.entry(
            "glm_moe_dsa",
            json -> latent(json, GLM_LITE, Routings.corrected(json, GLM_LITE_SCALE), 3)),
        Map.entry("glm4v_moe_text", DeepSeekFamilies::glm));
  }

  /** DeepSeek-V2 and V3, arXiv:2412.19437; V3.2 chooses what it attends (arXiv:2512.02556). */
  private static Architecture latent(
      JsonFields json, Defaults defaults, Routing routing, int denseLayers) {
    Sizes.refuse(json, "attention_bias", true, false);
    Sizes.refuse(json, "rope_interleave", false, true);
    Rope rope = RopeReader.of(json, defaults).ofDim(json.requiredInt("qk_rope_head_dim"));
    return new DecoderBuilder(json, defaults)
        .mixer(latentAttention(json, rope))
        .feedForward(feedForwards(json, experts(json).withRouting(routing), denseLayers))
        .nextTokenPredictLayers(json.intOr("num_nextn_predict_layers", 0))
        .build();
  }

  /** DeepSeekMoE and dots.llm1 (arXiv:2506.05767): Llama's attention. */
  private static Architecture llamaLike(
      JsonFields json, Defaults defaults, Routing routing, QueryKeyNorm norm) {
    return new DecoderBuilder(json, defaults)
        .attentionBias(json.booleanOr("attention_bias", false))
        .queryKeyNorm(norm)
        .feedForward(feedForwards(json, experts(json).withRouting(routing), 0))
        .build();
  }

  /** GLM-4.5, arXiv:2508.06471: half of each head is turned. */
  private static Architecture glm(JsonFields json) {
    return new DecoderBuilder(json, GLM)
        .qkvBias(json.booleanOr("attention_bias", false))
        .queryKeyNorm(
            json.booleanOr("use_qk_norm", false) ? LlamaFamilies.HEAD_NORM : QueryKeyNorm.NONE)
        .rope(RopeReader.of(json, GLM).withImages().part(Sizes.headDim(json), HALF_ROTARY))
        .feedForward(feedForwards(json, experts(json).withRouting(Routings.corrected(json, 1)), 1))
        .nextTokenPredictLayers(json.intOr("num_nextn_predict_layers", 0))
        .build();
  }

  /**
   * Ling, arXiv:2503.05139, and Ling 2.0, whose published configs have the same type: norms of
   * queries and keys, half of each head turned, and a bias for the choice of experts.
   */
  private static Architecture bailing(JsonFields json) {
    MixtureOfExperts routed =
        FeedForwards.experts(json, "num_experts", "moe_intermediate_size")
            .withRouting(bailingRouting(json));
    MixtureOfExperts experts = FeedForwards.withShared(json, "num_shared_experts", 0, routed);
    return new DecoderBuilder(json, BAILING)
        .qkvBias(json.booleanOr("use_qkv_bias", false))
        .queryKeyNorm(
            json.booleanOr("use_qk_norm", false) ? LlamaFamilies.HEAD_NORM : QueryKeyNorm.NONE)
        .rope(RopeReader.of(json, BAILING).part(Sizes.headDim(json), 1))
        .feedForward(feedForwards(json, experts, 0))
        .nextTokenPredictLayers(json.intOr("num_nextn_predict_layers", 0))
        .build();
  }

  /**
   * arXiv:2510.26692: Kimi Delta Attention, and latent attention without positions in the layers
   * that {@code full_attn_layers} counts from 1.
   */
  private static Architecture kimiLinear(JsonFields json) {
    JsonFields linear = json.requiredObject("linear_attn_config");
    int heads = linear.requiredInt("num_heads");
    int dim = linear.requiredInt("head_dim");
    GatedDeltaNet delta =
        new GatedDeltaNet(heads, heads, dim, dim, linear.intOr("short_conv_kernel_size", 4), true);
    List<Integer> attending = linear.requiredInts("full_attn_layers");
    Rope rope =
        json.booleanOr("mla_use_nope", false)
            ? Rope.NONE
            : RopeReader.of(json, KIMI_LINEAR).ofDim(json.requiredInt("qk_rope_head_dim"));
    LatentAttention attention = latentAttention(json, rope);
    MixtureOfExperts experts =
        FeedForwards.withShared(
                json,
                "num_shared_experts",
                0,
                FeedForwards.experts(
                    json, "num_experts", "num_experts_per_token", "moe_intermediate_size"))
            .withRouting(
                Routings.corrected(json, 1)
                    .normalized(json.booleanOr("moe_renormalize", true))
                    .ofGroups(json.intOr("num_expert_group", 1), json.intOr("topk_group", 1), 2));
    return new DecoderBuilder(json, KIMI_LINEAR)
        .mixers(layer -> List.of(attending.contains(layer + 1) ? attention : delta))
        .feedForward(feedForwards(json, experts, 0))
        .build()
        .withMaxPositions(json.intOr("model_max_length", KIMI_LINEAR.maxPositions()));
  }

  private static Routing bailingRouting(JsonFields json) {
    return json.booleanOr("moe_router_enable_expert_bias", false)
        ? Routings.corrected(json, 1)
        : Routings.softmax(json, true);
  }

  private static IntFunction<FeedForward> feedForwards(
      JsonFields json, MixtureOfExperts experts, int denseLayers) {
    int firstExpertLayer = json.intOr("first_k_dense_replace", denseLayers);
    int frequency = Sizes.interval(json, "moe_layer_freq", 1);
    return layer ->
        layer >= firstExpertLayer && layer % frequency == 0
            ? experts
            : FeedForwards.gated(json, false);
  }

  private static MixtureOfExperts experts(JsonFields json) {
    return FeedForwards.withShared(
        json,
        "n_shared_experts",
        0,
        FeedForwards.experts(json, "n_routed_experts", "moe_intermediate_size"));
  }

  private static LatentAttention latentAttention(JsonFields json, Rope rope) {
    int keyDim = json.requiredInt("qk_nope_head_dim");
    int positionDim = json.requiredInt("qk_rope_head_dim");
    Optional<SparseIndexer> indexer = indexer(json);
    return new LatentAttention(
        json.requiredInt("num_attention_heads"),
        json.intOr("q_lora_rank", 0),
        json.requiredInt("kv_lora_rank"),
        keyDim,
        positionDim,
        rope,
        json.requiredInt("v_head_dim"),
        magnitude(json, rope) / Math.sqrt((double) keyDim + positionDim),
        indexer.isPresent()
            ? new AttentionSpan.Chosen(json.requiredInt("index_topk"))
            : new AttentionSpan.Causal(),
        indexer);
  }

  private static Optional<SparseIndexer> indexer(JsonFields json) {
    return json.has("index_n_heads")
        ? Optional.of(
            new SparseIndexer(
                json.requiredInt("index_n_heads"), json.requiredInt("index_head_dim")))
        : Optional.empty();
  }

  /** Once for the query and once for the key; modeling_deepseek_v3.py has it in the scale. */
  private static double magnitude(JsonFields json, Rope rope) {
    if (!(rope.scaling() instanceof RopeScaling.Yarn yarn)) {
      return 1;
    }
    JsonFields scaling =
        json.requiredObject(json.has("rope_scaling") ? "rope_scaling" : "rope_parameters");
    double weight = scaling.doubleOr("mscale_all_dim", 0);
    double magnitude = weight == 0 ? 1 : RopeScaling.Yarn.magnitude(yarn.factor(), weight);
    return magnitude * magnitude;
  }
}
