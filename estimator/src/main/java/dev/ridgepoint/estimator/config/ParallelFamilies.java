package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.Embedding;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.ScoreTerms;
import dev.ridgepoint.estimator.architecture.Head;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.Limits;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.Numerics;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm.Scope;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.List;
import java.util.Map;

/** Decoders whose attention and feed-forward may run in parallel and share a norm. */
final class ParallelFamilies {
  // Of the configuration class of each family.
  private static final Defaults COMMON = new Defaults(2_048, 1e-5, 10_000);
  private static final Defaults STABLELM = new Defaults(4_096, 1e-5, 10_000);
  private static final Defaults COHERE = new Defaults(8_192, 1e-5, 10_000);

  private static final double NEOX_ROTARY_FRACTION = 0.25;
  private static final int GPTJ_ROTARY_DIM = 64;
  private static final double PHI_ROTARY_FRACTION = 0.5;
  private static final double STABLELM_ROTARY_FRACTION = 0.25;
  private static final double COHERE_LOGIT_SCALE = 0.0625;
  private static final int COHERE2_INTERVAL = 4;
  private static final int COHERE2_WINDOW = 4_096;
  private static final QueryKeyNorm NORM_PER_HEAD =
      new QueryKeyNorm(Norm.LAYER_WITHOUT_BIAS, Scope.PER_HEAD);

  /** Where no width is given, the feed-forward is four times as wide (Vaswani et al. 2017). */
  private static final int PLAIN_RATIO = 4;

  private ParallelFamilies() {}

  static Map<String, Family> all() {
    return Map.of(
        "gpt_neox", ParallelFamilies::gptNeox,
        "gptj", ParallelFamilies::gptj,
        "phi", ParallelFamilies::phi,
        "falcon", ParallelFamilies::falcon,
        "stablelm", ParallelFamilies::stablelm,
        "cohere", ParallelFamilies::cohere,
        "cohere2", ParallelFamilies::cohere2);
  }

  /** arXiv:2204.06745: two norms, whether its parts run in parallel or not. */
  private static Architecture gptNeox(JsonFields json) {
    double fraction = json.doubleOr("rotary_pct", NEOX_ROTARY_FRACTION);
    boolean parallel = json.booleanOr("use_parallel_residual", true);
    return new DecoderBuilder(json, COMMON)
        .attentionBias(json.booleanOr("attention_bias", true))
        .rope(
            RopeReader.of(json, COMMON, json.has("rope_theta") ? "rope_theta" : "rotary_emb_base")
                .part(Sizes.headDim(json), fraction))
        .feedForward(FeedForwards.plain(json, "gelu", true))
        .norms(parallel ? LayerNorms.parallel(Norm.LAYER) : LayerNorms.before(Norm.LAYER))
        .epsilon("layer_norm_eps")
        .build();
  }

  /** One norm; biases in the feed-forward and the head alone; fields named as GPT-2's. */
  private static Architecture gptj(JsonFields json) {
    int hidden = Sizes.size(json, "n_embd", Limits.MAX_WIDTH);
    int heads = json.requiredInt("n_head");
    Layer layer =
        new Layer(
            new GroupedQueryAttention(
                heads,
                heads,
                Sizes.headDim(json, "n_embd", "n_head"),
                false,
                false,
                QueryKeyNorm.NONE,
                Rope.of(json.intOr("rotary_dim", GPTJ_ROTARY_DIM)),
                ScoreTerms.NONE,
                new AttentionSpan.Causal()),
            new DenseFeedForward(
                json.intOr("n_inner", PLAIN_RATIO * hidden),
                false,
                FeedForwards.activation(json, "activation_function", "gelu_new"),
                true),
            LayerNorms.shared(Norm.LAYER));
    return Architecture.decoderOnly(
            "gptj",
            hidden,
            Embedding.ofTokens(json.requiredInt("vocab_size"), hidden),
            Stack.of(Sizes.size(json, "n_layer", Limits.MAX_LAYERS), layer, Norm.LAYER),
            new Head.LanguageModel(json.booleanOr("tie_word_embeddings", false), true))
        .withMaxPositions(json.intOr("n_positions", COMMON.maxPositions()))
        .withNumerics(
            Numerics.ofEpsilon(Sizes.positive(json, "layer_norm_epsilon", COMMON.normEpsilon())));
  }

  /** arXiv:2309.05463: one norm, biases everywhere. */
  private static Architecture phi(JsonFields json) {
    Sizes.refuse(json, "qk_layernorm", true, false);
    return new DecoderBuilder(json, COMMON)
        .attentionBias(true)
        .rope(RopeReader.of(json, COMMON).part(Sizes.headDim(json), PHI_ROTARY_FRACTION))
        .feedForward(FeedForwards.plain(json, "gelu_new", true))
        .norms(LayerNorms.shared(Norm.LAYER))
        .epsilon("layer_norm_eps")
        .headBias(true)
        .build();
  }

  /**
   * arXiv:2311.16867. The first models have one key/value head and one norm, the later ones groups
   * and two norms; {@code num_ln_in_parallel_attn} overrides that.
   */
  private static Architecture falcon(JsonFields json) {
    boolean isNew = json.booleanOr("new_decoder_architecture", false);
    boolean alibi = json.booleanOr("alibi", false);
    boolean bias = json.booleanOr("bias", false);
    boolean parallel = isNew || json.booleanOr("parallel_attn", true);
    int normsInParallel = json.intOr("num_ln_in_parallel_attn", isNew ? 2 : 1);
    int headDim = Sizes.headDim(json, "hidden_size", "num_attention_heads");
    Activation activation = FeedForwards.activation(json, "activation", "gelu");
    int intermediate =
        json.intOr(
            "ffn_hidden_size", json.intOr("intermediate_size", PLAIN_RATIO * Sizes.hidden(json)));
    Architecture falcon =
        new DecoderBuilder(json, COMMON)
            .keyValueHeads(falconKeyValueHeads(json, isNew))
            .headDim(headDim)
            .attentionBias(bias)
            .rope(alibi ? Rope.NONE : RopeReader.of(json, COMMON).whole(headDim))
            .scoreTerms(new ScoreTerms(alibi, 0, false))
            .feedForward(new DenseFeedForward(intermediate, false, activation, bias))
            .norms(falconNorms(parallel, normsInParallel))
            .epsilon("layer_norm_epsilon")
            .tiedByDefault()
            .build();
    return alibi ? falcon.withMaxPositions(Architecture.UNLIMITED_POSITIONS) : falcon;
  }

  private static LayerNorms falconNorms(boolean isParallel, int normsInParallel) {
    if (!isParallel) {
      return LayerNorms.before(Norm.LAYER);
    }
    return normsInParallel == 1 ? LayerNorms.shared(Norm.LAYER) : LayerNorms.parallel(Norm.LAYER);
  }

  private static int falconKeyValueHeads(JsonFields json, boolean isNew) {
    int heads = json.requiredInt("num_attention_heads");
    if (isNew) {
      return json.intOr("num_kv_heads", heads);
    }
    return json.booleanOr("multi_query", true) ? 1 : heads;
  }

  /** Stability AI 2024, arXiv:2402.17834. */
  private static Architecture stablelm(JsonFields json) {
    boolean parallel = json.booleanOr("use_parallel_residual", false);
    return new DecoderBuilder(json, STABLELM)
        .qkvBias(json.booleanOr("use_qkv_bias", false))
        .queryKeyNorm(json.booleanOr("qk_layernorm", false) ? NORM_PER_HEAD : QueryKeyNorm.NONE)
        .rope(RopeReader.of(json, STABLELM).part(Sizes.headDim(json), STABLELM_ROTARY_FRACTION))
        .norms(parallel ? LayerNorms.shared(Norm.LAYER) : LayerNorms.before(Norm.LAYER))
        .epsilon("layer_norm_eps")
        .build();
  }

  /** Command R: one norm without bias, tied embeddings, scaled logits. */
  private static Architecture cohere(JsonFields json) {
    return cohereBuilder(json).build();
  }

  /** arXiv:2504.00698: every fourth layer is global, and has no positions. */
  private static Architecture cohere2(JsonFields json) {
    int interval = Sizes.interval(json, "sliding_window_pattern", COHERE2_INTERVAL);
    List<AttentionSpan> spans =
        LayerSpans.sliding(
            json, LayerSpans.window(json, COHERE2_WINDOW), layer -> (layer + 1) % interval != 0);
    Rope rope = RopeReader.of(json, COHERE).whole(Sizes.headDim(json));
    return cohereBuilder(json)
        .spans(spans)
        .rope(layer -> spans.get(layer) instanceof AttentionSpan.Sliding ? rope : Rope.NONE)
        .build();
  }

  private static DecoderBuilder cohereBuilder(JsonFields json) {
    return new DecoderBuilder(json, COHERE)
        .attentionBias(json.booleanOr("attention_bias", false))
        .queryKeyNorm(json.booleanOr("use_qk_norm", false) ? NORM_PER_HEAD : QueryKeyNorm.NONE)
        .norms(LayerNorms.shared(Norm.LAYER_WITHOUT_BIAS))
        .tiedByDefault()
        .numerics(
            new Numerics(
                Sizes.positive(json, "layer_norm_eps", COHERE.normEpsilon()),
                false,
                1,
                1,
                Sizes.positive(json, "logit_scale", COHERE_LOGIT_SCALE),
                0));
  }
}
