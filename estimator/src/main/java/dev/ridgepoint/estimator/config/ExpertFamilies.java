package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.OutputTerms;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.ScoreTerms;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.Numerics;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm.Scope;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.architecture.Routing;
import dev.ridgepoint.estimator.architecture.Routing.Bias;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Decoders with mixtures of experts. */
final class ExpertFamilies {
  // Of the configuration class of each family.
  private static final Defaults MIXTRAL = new Defaults(131_072, 1e-5, 1_000_000);
  private static final Defaults OLMOE = new Defaults(4_096, 1e-5, 10_000);
  private static final Defaults GPT_OSS = new Defaults(131_072, 1e-5, 150_000);
  private static final Defaults LLAMA4 = new Defaults(131_072, 1e-5, 500_000);
  private static final Defaults MINIMAX_M2 = new Defaults(196_608, 1e-6, 5_000_000);
  private static final Defaults ERNIE = new Defaults(131_072, 1e-5, 500_000);
  private static final Defaults HUNYUAN = new Defaults(2_048, 1e-5, 10_000);
  private static final Defaults AFMOE = new Defaults(16_384, 1e-5, 10_000);

  private static final int GPT_OSS_WINDOW = 128;
  private static final double GPT_OSS_LIMIT = 7;
  private static final RopeScaling GPT_OSS_SCALING =
      new RopeScaling.Yarn(32, 4_096, 32, 1, RopeScaling.Yarn.magnitude(32, 1), false);
  private static final int LLAMA4_NO_ROPE_INTERVAL = 4;
  private static final int LLAMA4_CHUNK = 8_192;
  private static final int AFMOE_WINDOW = 1_024;
  private static final QueryKeyNorm LLAMA4_NORM =
      new QueryKeyNorm(Norm.RMS_NON_PARAMETRIC, Scope.SHARED_BY_HEADS);

  private ExpertFamilies() {}

  static Map<String, Family> all() {
    return Map.of(
        "mixtral", ExpertFamilies::mixtral,
        "phimoe", ExpertFamilies::phimoe,
        "olmoe", ExpertFamilies::olmoe,
        "gpt_oss", ExpertFamilies::gptOss,
        "llama4_text", ExpertFamilies::llama4,
        "minimax_m2", ExpertFamilies::minimaxM2,
        "ernie4_5_moe", ExpertFamilies::ernie,
        "hunyuan_v1_moe", ExpertFamilies::hunyuan,
        "afmoe", ExpertFamilies::afmoe);
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
        .feedForward(FeedForwards.experts(json, "num_local_experts", "intermediate_size"));
  }

  /** arXiv:2409.02060. */
  private static Architecture olmoe(JsonFields json) {
    return new DecoderBuilder(json, OLMOE)
        .attentionBias(json.booleanOr("attention_bias", false))
        .queryKeyNorm(LlamaFamilies.WHOLE_NORM)
        .projectionBound(json.doubleOr("clip_qkv", 0))
        .feedForward(
            FeedForwards.experts(json, "num_experts", "intermediate_size")
                .withRouting(Routings.softmax(json)))
        .build();
  }

  /** arXiv:2508.10925: even layers are local; every projection has a bias; heads have sinks. */
  private static Architecture gptOss(JsonFields json) {
    Activation activation =
        json.doubleOr("swiglu_limit", GPT_OSS_LIMIT) == GPT_OSS_LIMIT
            ? Activation.CLAMPED_QUICK_GELU
            : Activation.OTHER_SWIGLU_LIMIT;
    int window = LayerSpans.window(json, GPT_OSS_WINDOW);
    DenseFeedForward expert =
        new DenseFeedForward(json.requiredInt("intermediate_size"), true, activation, true);
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
                    expert)
                .withRouting(Routing.NORMALIZED_SOFTMAX.withBias(Bias.SCORES)))
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
    MixtureOfExperts routed =
        FeedForwards.experts(json, "num_local_experts", "intermediate_size")
            .withRouting(Routing.SIGMOID);
    MixtureOfExperts experts = routed.withShared(routed.expert());
    DenseFeedForward dense = FeedForwards.gated(json, json.requiredInt("intermediate_size_mlp"));
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

  /** arXiv:2506.13585's successor: attention in every layer, norms of all queries and keys. */
  private static Architecture minimaxM2(JsonFields json) {
    int headDim = Sizes.headDim(json);
    return new DecoderBuilder(json, MINIMAX_M2)
        .queryKeyNorm(
            json.booleanOr("use_qk_norm", true) ? LlamaFamilies.WHOLE_NORM : QueryKeyNorm.NONE)
        .rope(RopeReader.of(json, MINIMAX_M2).ofDim(json.intOr("rotary_dim", headDim)))
        .feedForward(
            FeedForwards.experts(json, "num_local_experts", "intermediate_size")
                .withRouting(
                    Routing.SIGMOID
                        .normalized(true)
                        .withBias(
                            json.booleanOr("use_routing_bias", true) ? Bias.CHOICE : Bias.NONE)))
        .nextTokenPredictLayers(
            json.booleanOr("use_mtp", false) ? json.intOr("num_mtp_modules", 0) : 0)
        .build();
  }

  /** Baidu 2025, ERNIE 4.5: experts from a first to a last layer, and shared ones. */
  private static Architecture ernie(JsonFields json) {
    int first = json.intOr("moe_layer_start_index", 1);
    int last = json.intOr("moe_layer_end_index", -1);
    int end = last < 0 ? Sizes.layers(json) : last + 1;
    int interval = Sizes.interval(json, "moe_layer_interval", 1);
    boolean bias = json.booleanOr("use_bias", false);
    MixtureOfExperts experts =
        FeedForwards.withShared(
                json,
                "moe_num_shared_experts",
                2,
                FeedForwards.experts(json, "moe_num_experts", "moe_k", "moe_intermediate_size"))
            .withRouting(Routing.NORMALIZED_SOFTMAX.withBias(Bias.CHOICE));
    return new DecoderBuilder(json, ERNIE)
        .attentionBias(bias)
        .feedForward(
            layer ->
                layer >= first && layer < end && (layer + 1) % interval == 0
                    ? experts
                    : FeedForwards.gated(json, bias))
        .tiedByDefault()
        .build();
  }

  /** Tencent 2025, Hunyuan-A13B: several fields hold one number for all layers, or one for each. */
  private static Architecture hunyuan(JsonFields json) {
    Sizes.refuse(json, "use_cla", true, false);
    String width =
        json.has("moe_intermediate_size") ? "moe_intermediate_size" : "intermediate_size";
    return new DecoderBuilder(json, HUNYUAN)
        .attentionBias(json.booleanOr("attention_bias", false))
        .queryKeyNorm(
            json.booleanOr("use_qk_norm", false) ? LlamaFamilies.HEAD_NORM : QueryKeyNorm.NONE)
        .feedForward(
            layer -> {
              DenseFeedForward expert = FeedForwards.gated(json, Sizes.ofLayer(json, width, layer));
              int shared = Sizes.ofLayer(json, "num_shared_expert", layer);
              return new MixtureOfExperts(
                      Sizes.ofLayer(json, "num_experts", layer),
                      Sizes.ofLayer(json, "moe_topk", layer),
                      expert)
                  .withShared(
                      expert.withIntermediateSize(
                          Math.multiplyExact(shared, expert.intermediateSize())));
            })
        .build();
  }

  /**
   * Arcee 2025, Trinity: gated attention between four norms; global layers, every fourth, have no
   * positions; the first layers are dense.
   */
  private static Architecture afmoe(JsonFields json) {
    int every = Sizes.interval(json, "global_attn_every_n_layers", 4);
    List<AttentionSpan> spans =
        LayerSpans.sliding(
            json, LayerSpans.window(json, AFMOE_WINDOW), layer -> (layer + 1) % every != 0);
    Rope rope = RopeReader.of(json, AFMOE).whole(Sizes.headDim(json));
    int dense = json.intOr("num_dense_layers", 0);
    MixtureOfExperts experts =
        FeedForwards.withShared(
                json,
                "num_shared_experts",
                0,
                FeedForwards.experts(json, "num_experts", "moe_intermediate_size"))
            .withRouting(
                Routing.SIGMOID
                    .withBias(Bias.CHOICE)
                    .normalized(json.booleanOr("route_norm", true))
                    .ofGroups(json.intOr("n_group", 1), json.intOr("topk_group", 1), 2)
                    .scaled(Sizes.positive(json, "route_scale", 1)));
    double scale = json.booleanOr("mup_enabled", false) ? Math.sqrt(Sizes.hidden(json)) : 1;
    double epsilon = Sizes.positive(json, "rms_norm_eps", AFMOE.normEpsilon());
    return new DecoderBuilder(json, AFMOE)
        .queryKeyNorm(LlamaFamilies.HEAD_NORM)
        .outputTerms(new OutputTerms(true, Norm.NONE))
        .spans(spans)
        .rope(layer -> spans.get(layer) instanceof AttentionSpan.Sliding ? rope : Rope.NONE)
        .norms(LayerNorms.around(Norm.RMS))
        .feedForward(layer -> layer < dense ? FeedForwards.gated(json, false) : experts)
        .numerics(new Numerics(epsilon, false, scale, 1, 1, 0))
        .build();
  }
}
