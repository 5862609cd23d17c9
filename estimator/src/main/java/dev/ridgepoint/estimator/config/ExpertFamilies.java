package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Attention;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.ScoreTerms;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.Limits;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm.Scope;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/** Decoders with mixtures of experts. */
final class ExpertFamilies {
  // Defaults of configuration_gpt_oss.py and configuration_llama4.py.
  private static final int GPT_OSS_WINDOW = 128;
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
        "deepseek_v2", json -> deepseek(json, false),
        "deepseek_v3", json -> deepseek(json, true));
  }

  /** arXiv:2401.04088. */
  private static Architecture mixtral(JsonFields json) {
    MixtureOfExperts experts = experts(json, "num_local_experts", "intermediate_size");
    List<AttentionSpan> spans = windowed(json);
    return decoder(
        json, layer -> grouped(json, false, QueryKeyNorm.NONE, spans.get(layer)), any -> experts);
  }

  /** arXiv:2404.14219: Mixtral's experts, with layer norms and biases. */
  private static Architecture phimoe(JsonFields json) {
    MixtureOfExperts experts = experts(json, "num_local_experts", "intermediate_size");
    List<AttentionSpan> spans = windowed(json);
    boolean bias = json.booleanOr("attention_bias", false);
    return ConfigFields.decoder(
        json,
        ConfigFields.stack(
            spans.size(),
            layer ->
                new Layer(
                    grouped(json, bias, QueryKeyNorm.NONE, spans.get(layer)),
                    experts,
                    LayerNorms.before(Norm.LAYER)),
            Norm.LAYER),
        false,
        json.booleanOr("lm_head_bias", false));
  }

  private static Architecture qwen2(JsonFields json) {
    List<AttentionSpan> spans = LlamaFamilies.qwenSpans(json);
    int shared = json.requiredInt("shared_expert_intermediate_size");
    MixtureOfExperts routed = experts(json, "num_experts", "moe_intermediate_size");
    MixtureOfExperts experts =
        new MixtureOfExperts(
            routed.numExperts(),
            routed.numExpertsPerToken(),
            routed.expert(),
            Optional.of(expert(json, shared)),
            true,
            false);
    return decoder(
        json,
        layer ->
            LlamaFamilies.attention(
                json, true, false, QueryKeyNorm.NONE, ConfigFields.headDim(json), spans.get(layer)),
        sparseEvery(json, experts));
  }

  /** arXiv:2505.09388. */
  private static Architecture qwen3(JsonFields json) {
    List<AttentionSpan> spans = LlamaFamilies.qwenSpans(json);
    boolean bias = json.booleanOr("attention_bias", false);
    MixtureOfExperts experts = experts(json, "num_experts", "moe_intermediate_size");
    return decoder(
        json,
        layer -> grouped(json, bias, LlamaFamilies.HEAD_NORM, spans.get(layer)),
        sparseEvery(json, experts));
  }

  /** Experts in every {@code decoder_sparse_step}-th layer, but for {@code mlp_only_layers}. */
  private static IntFunction<FeedForward> sparseEvery(JsonFields json, MixtureOfExperts experts) {
    int step = json.intOr("decoder_sparse_step", 1);
    if (step < 1) {
      throw json.invalid("decoder_sparse_step", "must be positive, but is " + step);
    }
    List<Integer> denseLayers =
        json.has("mlp_only_layers") ? json.requiredInts("mlp_only_layers") : List.of();
    return layer ->
        (layer + 1) % step == 0 && !denseLayers.contains(layer)
            ? experts
            : ConfigFields.gated(json, "silu", false);
  }

  /** arXiv:2409.02060. */
  private static Architecture olmoe(JsonFields json) {
    MixtureOfExperts experts = experts(json, "num_experts", "intermediate_size");
    boolean bias = json.booleanOr("attention_bias", false);
    AttentionSpan span = new AttentionSpan.Causal();
    return decoder(
        json, any -> grouped(json, bias, LlamaFamilies.WHOLE_NORM, span), any -> experts);
  }

  /** arXiv:2508.10925: even layers are local; every projection has a bias; heads have sinks. */
  private static Architecture gptOss(JsonFields json) {
    int layers = ConfigFields.layers(json);
    int window = ConfigFields.slidingWindow(json, GPT_OSS_WINDOW);
    List<AttentionSpan> spans = ConfigFields.spans(json, layers, window, layer -> layer % 2 == 0);
    boolean bias = json.booleanOr("attention_bias", true);
    int heads = json.requiredInt("num_attention_heads");
    DenseFeedForward expert =
        new DenseFeedForward(
            json.requiredInt("intermediate_size"), true, Activation.CLAMPED_QUICK_GELU, true);
    MixtureOfExperts experts =
        new MixtureOfExperts(
            json.requiredInt("num_local_experts"),
            json.requiredInt("num_experts_per_tok"),
            expert,
            Optional.empty(),
            false,
            true);
    return decoder(
        json,
        layer ->
            new GroupedQueryAttention(
                heads,
                json.requiredInt("num_key_value_heads"),
                ConfigFields.headDim(json),
                bias,
                bias,
                QueryKeyNorm.NONE,
                Rope.of(ConfigFields.headDim(json)),
                new ScoreTerms(false, 0, true),
                spans.get(layer)),
        any -> experts);
  }

  /**
   * Layers with RoPE see their own chunk and normalise queries and keys without weights; the
   * others, every fourth, see everything. Every {@code interleave_moe_layer_step}-th layer has
   * experts, with a shared one of the same size.
   */
  private static Architecture llama4(JsonFields json) {
    int layers = ConfigFields.layers(json);
    boolean bias = json.booleanOr("attention_bias", false);
    boolean qkNorm = json.booleanOr("use_qk_norm", true);
    int chunk = json.intOr("attention_chunk_size", LLAMA4_CHUNK);
    MixtureOfExperts routed = experts(json, "num_local_experts", "intermediate_size");
    MixtureOfExperts experts =
        new MixtureOfExperts(
            routed.numExperts(),
            routed.numExpertsPerToken(),
            routed.expert(),
            Optional.of(routed.expert()),
            false,
            false);
    DenseFeedForward dense = expert(json, json.requiredInt("intermediate_size_mlp"));
    List<Integer> expertLayers = llama4ExpertLayers(json, layers);
    return decoder(
        json,
        layer -> {
          boolean hasRope = LlamaFamilies.hasRope(json, layer, LLAMA4_NO_ROPE_INTERVAL);
          return LlamaFamilies.attention(
              json,
              bias,
              bias,
              hasRope && qkNorm ? LLAMA4_NORM : QueryKeyNorm.NONE,
              hasRope ? ConfigFields.headDim(json) : 0,
              hasRope ? new AttentionSpan.Chunked(chunk) : new AttentionSpan.Causal());
        },
        layer -> expertLayers.contains(layer) ? experts : dense);
  }

  private static List<Integer> llama4ExpertLayers(JsonFields json, int layers) {
    if (json.has("moe_layers")) {
      return json.requiredInts("moe_layers");
    }
    int step = json.intOr("interleave_moe_layer_step", 1);
    if (step < 1) {
      throw json.invalid("interleave_moe_layer_step", "must be positive, but is " + step);
    }
    List<Integer> expertLayers = new ArrayList<>();
    for (int layer = step - 1; layer < layers; layer += step) {
      expertLayers.add(layer);
    }
    return expertLayers;
  }

  /** arXiv:2405.04434, arXiv:2412.19437: latent attention, first layers dense, shared experts. */
  private static Architecture deepseek(JsonFields json, boolean routerBias) {
    ConfigFields.refuse(json, "attention_bias", true, false);
    int firstExpertLayer = json.intOr("first_k_dense_replace", routerBias ? 3 : 0);
    int frequency = json.intOr("moe_layer_freq", 1);
    if (frequency < 1) {
      throw json.invalid("moe_layer_freq", "must be positive, but is " + frequency);
    }
    LatentAttention attention =
        new LatentAttention(
            json.requiredInt("num_attention_heads"),
            json.intOr("q_lora_rank", 0),
            json.requiredInt("kv_lora_rank"),
            json.requiredInt("qk_nope_head_dim"),
            Rope.of(json.requiredInt("qk_rope_head_dim")),
            json.requiredInt("v_head_dim"),
            new AttentionSpan.Causal());
    MixtureOfExperts experts = deepseekExperts(json, routerBias);
    Architecture decoder =
        decoder(
            json,
            any -> attention,
            layer ->
                layer >= firstExpertLayer && layer % frequency == 0
                    ? experts
                    : ConfigFields.gated(json, "silu", false));
    return new Architecture(
        decoder.modelType(),
        decoder.hiddenSize(),
        decoder.embedding(),
        decoder.encoder(),
        decoder.decoder(),
        decoder.head(),
        json.intOr("num_nextn_predict_layers", 0));
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

  private static DenseFeedForward expert(JsonFields json, int intermediate) {
    return new DenseFeedForward(
        intermediate, true, ConfigFields.activation(json, "hidden_act", "silu"), false);
  }

  private static List<AttentionSpan> windowed(JsonFields json) {
    int window = ConfigFields.slidingWindow(json, ConfigFields.NO_WINDOW);
    return ConfigFields.spans(json, ConfigFields.layers(json), window, layer -> true);
  }

  private static GroupedQueryAttention grouped(
      JsonFields json, boolean bias, QueryKeyNorm queryKeyNorm, AttentionSpan span) {
    return LlamaFamilies.attention(
        json, bias, bias, queryKeyNorm, ConfigFields.headDim(json), span);
  }

  private static Architecture decoder(
      JsonFields json, IntFunction<Attention> attention, IntFunction<FeedForward> feedForward) {
    return ConfigFields.decoder(
        json,
        ConfigFields.stack(
            ConfigFields.layers(json),
            layer ->
                new Layer(
                    attention.apply(layer), feedForward.apply(layer), LayerNorms.before(Norm.RMS)),
            Norm.RMS),
        false,
        false);
  }
}
