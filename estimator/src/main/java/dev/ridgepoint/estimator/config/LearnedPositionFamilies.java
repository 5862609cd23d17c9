package dev.ridgepoint.estimator.config;

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
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** GPT-2 and decoders of its shape: plain feed-forward, layer norms; learned positions or ALiBi. */
final class LearnedPositionFamilies {
  /**
   * OPT's position table begins with rows that no position uses: modeling_opt.py, {@code offset}.
   */
  private static final int OPT_POSITION_OFFSET = 2;

  /** Of configuration_starcoder2.py. */
  private static final Defaults STARCODER2 = new Defaults(4_096, 1e-5, 10_000);

  /** Of the configuration classes, and of PyTorch's LayerNorm, since OPT has no field for it. */
  private static final double EPSILON = 1e-5;

  /** Where no width is given, the feed-forward is four times as wide (Vaswani et al. 2017). */
  private static final int PLAIN_RATIO = 4;

  private LearnedPositionFamilies() {}

  static Map<String, Family> all() {
    return Map.of(
        "gpt2", json -> gpt2(json, false),
        "gpt_bigcode", json -> gpt2(json, json.booleanOr("multi_query", true)),
        "opt", LearnedPositionFamilies::opt,
        "bloom", LearnedPositionFamilies::bloom,
        "mpt", LearnedPositionFamilies::mpt,
        "starcoder2", LearnedPositionFamilies::starcoder2);
  }

  /** GPT-2 (Radford et al. 2019); StarCoder (arXiv:2305.06161) with one key/value head. */
  private static Architecture gpt2(JsonFields json, boolean multiQuery) {
    Sizes.refuse(json, "add_cross_attention", true, false);
    int hidden = Sizes.size(json, "n_embd", Limits.MAX_WIDTH);
    int heads = json.requiredInt("n_head");
    int keyValueHeads = multiQuery ? 1 : heads;
    int headDim = Sizes.headDim(json, "n_embd", "n_head");
    DenseFeedForward feedForward =
        new DenseFeedForward(
            json.intOr("n_inner", PLAIN_RATIO * hidden),
            false,
            FeedForwards.activation(json, "activation_function", "gelu_new"),
            true);
    IntFunction<Layer> layer =
        index ->
            new Layer(
                attention(
                    heads,
                    keyValueHeads,
                    headDim,
                    true,
                    gpt2ScoreScale(json, headDim, index),
                    ScoreTerms.NONE),
                feedForward,
                LayerNorms.before(Norm.LAYER));
    int layers = Sizes.size(json, "n_layer", Limits.MAX_LAYERS);
    int positions = json.requiredInt("n_positions");
    return decoder(
        json,
        new Embedding(json.requiredInt("vocab_size"), hidden, positions, 0, Norm.NONE),
        hidden,
        new Stack(IntStream.range(0, layers).mapToObj(layer).toList(), Norm.LAYER),
        positions,
        epsilon(json));
  }

  private static double gpt2ScoreScale(JsonFields json, int headDim, int layer) {
    double scale = json.booleanOr("scale_attn_weights", true) ? 1 / Math.sqrt(headDim) : 1;
    return json.booleanOr("scale_attn_by_inverse_layer_idx", false) ? scale / (layer + 1) : scale;
  }

  /** arXiv:2205.01068. The 350M model projects its embedding and normalises after its parts. */
  private static Architecture opt(JsonFields json) {
    int hidden = Sizes.hidden(json);
    int heads = json.requiredInt("num_attention_heads");
    boolean bias = json.booleanOr("enable_bias", true);
    boolean before = json.booleanOr("do_layer_norm_before", true);
    boolean hasFinalNorm = before && !json.booleanOr("_remove_final_layer_norm", false);
    Norm norm =
        json.booleanOr("layer_norm_elementwise_affine", true)
            ? Norm.LAYER
            : Norm.LAYER_NON_PARAMETRIC;
    DenseFeedForward feedForward =
        new DenseFeedForward(
            json.requiredInt("ffn_dim"),
            false,
            FeedForwards.activation(json, "activation_function", "relu"),
            bias);
    int headDim = Sizes.headDim(json, "hidden_size", "num_attention_heads");
    int positions = Sizes.size(json, "max_position_embeddings", Limits.MAX_VOCABULARY);
    return decoder(
        json,
        new Embedding(
            json.requiredInt("vocab_size"),
            json.intOr("word_embed_proj_dim", hidden),
            OPT_POSITION_OFFSET + positions,
            0,
            Norm.NONE),
        hidden,
        Stack.of(
            Sizes.layers(json),
            new Layer(
                attention(heads, heads, headDim, bias, 1 / Math.sqrt(headDim), ScoreTerms.NONE),
                feedForward,
                before ? LayerNorms.before(norm) : LayerNorms.afterSum(norm)),
            hasFinalNorm ? norm : Norm.NONE),
        positions,
        EPSILON);
  }

  /** arXiv:2211.05100: ALiBi, and a norm behind the embedding. */
  private static Architecture bloom(JsonFields json) {
    String hiddenField = json.has("n_embed") ? "n_embed" : "hidden_size";
    String headsField = json.has("num_attention_heads") ? "num_attention_heads" : "n_head";
    int hidden = Sizes.size(json, hiddenField, Limits.MAX_WIDTH);
    int layers =
        json.has("num_hidden_layers")
            ? Sizes.layers(json)
            : Sizes.size(json, "n_layer", Limits.MAX_LAYERS);
    DenseFeedForward feedForward =
        new DenseFeedForward(
            PLAIN_RATIO * hidden,
            false,
            FeedForwards.activation(json, "hidden_act", "gelu_new"),
            true);
    int heads = json.requiredInt(headsField);
    int headDim = Sizes.headDim(json, hiddenField, headsField);
    GroupedQueryAttention attention = alibi(heads, headDim, true, 1 / Math.sqrt(headDim));
    return decoder(
        json,
        new Embedding(json.requiredInt("vocab_size"), hidden, 0, 0, Norm.LAYER),
        hidden,
        Stack.of(
            layers, new Layer(attention, feedForward, LayerNorms.before(Norm.LAYER)), Norm.LAYER),
        Architecture.UNLIMITED_POSITIONS,
        epsilon(json));
  }

  /** MosaicML 2023: ALiBi, no biases, not even of the norms. */
  private static Architecture mpt(JsonFields json) {
    Sizes.refuse(json, "no_bias", false, true);
    int hidden = Sizes.size(json, "d_model", Limits.MAX_WIDTH);
    int heads = json.requiredInt("n_heads");
    int headDim = Sizes.headDim(json, "d_model", "n_heads");
    double scoreScale = 1 / Math.sqrt(headDim);
    if (json.has("attn_config")) {
      JsonFields attention = json.requiredObject("attn_config");
      Sizes.refuse(attention, "alibi", false, true);
      Sizes.refuse(attention, "qk_ln", true, false);
      if (!attention.stringOr("attn_type", "multihead_attention").equals("multihead_attention")) {
        throw attention.invalid("attn_type", "must be \"multihead_attention\"");
      }
      scoreScale = Sizes.positive(attention, "softmax_scale", scoreScale);
    }
    int ratio = json.intOr("expansion_ratio", PLAIN_RATIO);
    Limits.requireSize("expansion_ratio", ratio, Limits.MAX_INTERMEDIATE / hidden);
    int intermediate = ratio * hidden;
    Layer layer =
        new Layer(
            alibi(heads, headDim, false, scoreScale),
            new DenseFeedForward(
                intermediate, false, FeedForwards.activation(json, "hidden_act", "gelu"), false),
            LayerNorms.before(Norm.LAYER_WITHOUT_BIAS));
    return decoder(
        json,
        Embedding.ofTokens(json.requiredInt("vocab_size"), hidden),
        hidden,
        Stack.of(Sizes.size(json, "n_layers", Limits.MAX_LAYERS), layer, Norm.LAYER_WITHOUT_BIAS),
        Architecture.UNLIMITED_POSITIONS,
        epsilon(json));
  }

  /** arXiv:2402.19173: RoPE and groups in GPT-2's layers. */
  private static Architecture starcoder2(JsonFields json) {
    boolean bias = json.booleanOr("use_bias", true);
    int window = LayerSpans.window(json, LayerSpans.NO_WINDOW);
    return new DecoderBuilder(json, STARCODER2)
        .attentionBias(bias)
        .spans(LayerSpans.sliding(json, window, any -> true))
        .feedForward(FeedForwards.plain(json, "gelu_pytorch_tanh", bias))
        .norms(LayerNorms.before(Norm.LAYER))
        .epsilon("norm_epsilon")
        .tiedByDefault()
        .build();
  }

  private static GroupedQueryAttention alibi(
      int heads, int headDim, boolean bias, double scoreScale) {
    return attention(heads, heads, headDim, bias, scoreScale, new ScoreTerms(true, 0, false));
  }

  private static GroupedQueryAttention attention(
      int heads,
      int keyValueHeads,
      int headDim,
      boolean bias,
      double scoreScale,
      ScoreTerms scoreTerms) {
    return new GroupedQueryAttention(
        heads,
        keyValueHeads,
        headDim,
        bias,
        bias,
        QueryKeyNorm.NONE,
        Rope.NONE,
        scoreScale,
        scoreTerms,
        new AttentionSpan.Causal());
  }

  private static double epsilon(JsonFields json) {
    return Sizes.positive(json, "layer_norm_epsilon", EPSILON);
  }

  private static Architecture decoder(
      JsonFields json,
      Embedding embedding,
      int hidden,
      Stack stack,
      int maxPositions,
      double epsilon) {
    return Architecture.decoderOnly(
            json.requiredString("model_type"),
            hidden,
            embedding,
            stack,
            new Head.LanguageModel(json.booleanOr("tie_word_embeddings", true), false))
        .withMaxPositions(maxPositions)
        .withNumerics(Numerics.ofEpsilon(epsilon));
  }
}
