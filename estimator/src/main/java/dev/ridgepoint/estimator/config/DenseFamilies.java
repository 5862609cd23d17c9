package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.OutputTerms;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.Numerics;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** Llama's descendants of 2025: each changes a bias, a norm, a span or the feed-forward. */
final class DenseFamilies {
  // Of the configuration class of each family.
  private static final Defaults ARCEE = new Defaults(4_096, 1e-5, 10_000);
  private static final Defaults APERTUS = new Defaults(65_536, 1e-5, 12_000_000);
  private static final Defaults BITNET = new Defaults(2_048, 1e-5, 500_000);
  private static final Defaults NEMOTRON = new Defaults(4_096, 1e-5, 10_000);
  private static final Defaults SEED_OSS = new Defaults(524_288, 1e-6, 10_000);
  private static final Defaults EXAONE4 = new Defaults(2_048, 1e-5, 10_000);
  private static final Defaults OLMO3 = new Defaults(2_048, 1e-5, 10_000);
  private static final Defaults ERNIE = new Defaults(131_072, 1e-5, 500_000);
  private static final Defaults GLM4 = new Defaults(131_072, 1.5625e-7, 10_000);
  private static final Defaults HUNYUAN = new Defaults(2_048, 1e-5, 10_000);
  private static final Defaults MINISTRAL3 = new Defaults(262_144, 1e-5, 1_000_000);

  private static final int WINDOW = 4_096;
  private static final int GLOBAL_INTERVAL = 4;
  private static final int USUAL_HEAD_DIM = 128;
  private static final double HALF_ROTARY = 0.5;

  private DenseFamilies() {}

  static Map<String, Family> all() {
    Map<String, Family> families = new HashMap<>();
    families.put("arcee", DenseFamilies::arcee);
    families.put("apertus", DenseFamilies::apertus);
    families.put("bitnet", DenseFamilies::bitnet);
    families.put("nemotron", DenseFamilies::nemotron);
    families.put("seed_oss", DenseFamilies::seedOss);
    families.put("exaone4", DenseFamilies::exaone4);
    families.put("exaone_moe", DenseFamilies::exaoneMoe);
    families.put("olmo3", DenseFamilies::olmo3);
    families.put("ernie4_5", DenseFamilies::ernie);
    families.put("glm", json -> glm(json, LayerNorms.before(Norm.RMS)));
    families.put("glm4", json -> glm(json, LayerNorms.around(Norm.RMS)));
    families.put("glm4v_text", json -> glm(json, LayerNorms.around(Norm.RMS)));
    families.put("hunyuan_v1_dense", DenseFamilies::hunyuan);
    families.put("ministral3", DenseFamilies::ministral3);
    return families;
  }

  /** Arcee 2025, AFM: squared ReLU without a gate. */
  private static Architecture arcee(JsonFields json) {
    return new DecoderBuilder(json, ARCEE)
        .attentionBias(json.booleanOr("attention_bias", false))
        .feedForward(FeedForwards.plain(json, "relu2", json.booleanOr("mlp_bias", false)))
        .build();
  }

  /** arXiv:2509.14233: xIELU without a gate, norms of queries and keys. */
  private static Architecture apertus(JsonFields json) {
    return new DecoderBuilder(json, APERTUS)
        .attentionBias(json.booleanOr("attention_bias", false))
        .queryKeyNorm(LlamaFamilies.HEAD_NORM)
        .feedForward(FeedForwards.plain(json, "xielu", json.booleanOr("mlp_bias", false)))
        .build();
  }

  /**
   * arXiv:2504.12285: norms before the last projection of each part, which takes ternary weights.
   */
  private static Architecture bitnet(JsonFields json) {
    return new DecoderBuilder(json, BITNET)
        .attentionBias(json.booleanOr("attention_bias", false))
        .outputTerms(new OutputTerms(false, Norm.RMS))
        .feedForward(
            new DenseFeedForward(
                json.requiredInt("intermediate_size"),
                true,
                FeedForwards.activation(json, "hidden_act", "relu2"),
                false,
                Norm.RMS))
        .build();
  }

  /**
   * ByteDance 2025, Seed-OSS: biases of queries, keys and values, and a switch for the output's.
   */
  private static Architecture seedOss(JsonFields json) {
    return new DecoderBuilder(json, SEED_OSS)
        .headDim(json.intOr("head_dim", USUAL_HEAD_DIM))
        .qkvBias(json.booleanOr("attention_bias", true))
        .outputBias(json.booleanOr("attention_out_bias", false))
        .feedForward(FeedForwards.gated(json, json.booleanOr("mlp_bias", false)))
        .build();
  }

  /** arXiv:2507.11407: norms of what the parts put out; global layers have no positions. */
  private static Architecture exaone4(JsonFields json) {
    return exaone(json).norms(LayerNorms.afterBranch(Norm.RMS)).build();
  }

  /** LG 2026, K-EXAONE: the same attention between norms before the parts, and experts. */
  private static Architecture exaoneMoe(JsonFields json) {
    MixtureOfExperts experts =
        FeedForwards.withShared(
                json,
                "num_shared_experts",
                1,
                FeedForwards.experts(json, "num_experts", "moe_intermediate_size"))
            .withRouting(Routings.corrected(json, 2.5));
    List<Boolean> sparse =
        json.isList("is_moe_layer") ? json.requiredBooleans("is_moe_layer") : List.of();
    int firstExpertLayer = json.intOr("first_k_dense_replace", 1);
    IntFunction<FeedForward> feedForward =
        layer ->
            (layer < sparse.size() ? sparse.get(layer) : layer >= firstExpertLayer)
                ? experts
                : FeedForwards.gated(json, false);
    return exaone(json).feedForward(feedForward).build();
  }

  /** The pattern is a number, or as many letters; the last layer is global in any case. */
  private static DecoderBuilder exaone(JsonFields json) {
    String pattern = "sliding_window_pattern";
    int interval =
        json.has(pattern) && !json.isNumber(pattern)
            ? Math.max(1, json.requiredString(pattern).length())
            : Sizes.interval(json, pattern, GLOBAL_INTERVAL);
    int last = Sizes.layers(json) - 1;
    List<AttentionSpan> spans =
        LayerSpans.sliding(
            json,
            LayerSpans.window(json, WINDOW),
            layer -> (layer + 1) % interval != 0 && layer != last);
    boolean slides = spans.stream().anyMatch(AttentionSpan.Sliding.class::isInstance);
    Rope rope = RopeReader.of(json, EXAONE4).whole(Sizes.headDim(json));
    return new DecoderBuilder(json, EXAONE4)
        .queryKeyNorm(LlamaFamilies.HEAD_NORM)
        .spans(spans)
        .rope(
            layer ->
                !slides || spans.get(layer) instanceof AttentionSpan.Sliding ? rope : Rope.NONE);
  }

  /** OLMo 2 with windows in three of four layers, whose positions are never stretched. */
  private static Architecture olmo3(JsonFields json) {
    List<AttentionSpan> spans =
        LayerSpans.sliding(
            json, LayerSpans.window(json, WINDOW), layer -> (layer + 1) % GLOBAL_INTERVAL != 0);
    Rope global = RopeReader.of(json, OLMO3).whole(Sizes.headDim(json));
    Rope local = global.unscaled();
    return new DecoderBuilder(json, OLMO3)
        .attentionBias(json.booleanOr("attention_bias", false))
        .queryKeyNorm(LlamaFamilies.WHOLE_NORM)
        .norms(LayerNorms.afterBranch(Norm.RMS))
        .spans(spans)
        .rope(layer -> spans.get(layer) instanceof AttentionSpan.Sliding ? local : global)
        .build();
  }

  /**
   * arXiv:2407.14679: squared ReLU without a gate, layer norms of 1 + w, half of each head turned.
   */
  private static Architecture nemotron(JsonFields json) {
    int headDim = Sizes.headDim(json);
    double epsilon = Sizes.positive(json, "norm_eps", NEMOTRON.normEpsilon());
    return new DecoderBuilder(json, NEMOTRON)
        .attentionBias(json.booleanOr("attention_bias", false))
        .rope(RopeReader.of(json, NEMOTRON).part(headDim, HALF_ROTARY))
        .norms(LayerNorms.before(Norm.LAYER))
        .feedForward(FeedForwards.plain(json, "relu2", json.booleanOr("mlp_bias", false)))
        .numerics(new Numerics(epsilon, true, 1, 1, 1, 0))
        .build();
  }

  /** Baidu 2025, ERNIE 4.5. */
  private static Architecture ernie(JsonFields json) {
    boolean bias = json.booleanOr("use_bias", false);
    return new DecoderBuilder(json, ERNIE)
        .headDim(json.intOr("head_dim", USUAL_HEAD_DIM))
        .attentionBias(bias)
        .feedForward(FeedForwards.gated(json, bias))
        .tiedByDefault()
        .build();
  }

  /** GLM-4, arXiv:2406.12793: half of each head is turned; the later ones have four norms. */
  private static Architecture glm(JsonFields json, LayerNorms norms) {
    int headDim = json.intOr("head_dim", USUAL_HEAD_DIM);
    return new DecoderBuilder(json, GLM4)
        .headDim(headDim)
        .qkvBias(json.booleanOr("attention_bias", false))
        .rope(RopeReader.of(json, GLM4).withImages().part(headDim, HALF_ROTARY))
        .norms(norms)
        .build();
  }

  /** Tencent 2025, Hunyuan. */
  private static Architecture hunyuan(JsonFields json) {
    return new DecoderBuilder(json, HUNYUAN)
        .attentionBias(json.booleanOr("attention_bias", false))
        .queryKeyNorm(
            json.booleanOr("use_qk_norm", true) ? LlamaFamilies.HEAD_NORM : QueryKeyNorm.NONE)
        .build();
  }

  /** Mistral AI 2025, Ministral 3. */
  private static Architecture ministral3(JsonFields json) {
    int window = LayerSpans.window(json, LayerSpans.NO_WINDOW);
    return new DecoderBuilder(json, MINISTRAL3)
        .spans(LayerSpans.sliding(json, window, any -> true))
        .build();
  }
}
