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
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.List;
import java.util.Map;

/** GPT-2 and decoders of its shape: plain feed-forward, layer norms; learned positions or ALiBi. */
final class LearnedPositionFamilies {
  /**
   * OPT's position table begins with rows that no position uses: modeling_opt.py, {@code offset}.
   */
  private static final int OPT_POSITION_OFFSET = 2;

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
    ConfigFields.refuse(json, "add_cross_attention", true, false);
    int hidden = ConfigFields.size(json, "n_embd", Limits.MAX_WIDTH);
    int heads = json.requiredInt("n_head");
    GroupedQueryAttention attention =
        attention(
            heads, multiQuery ? 1 : heads, ConfigFields.headDim(json, "n_embd", "n_head"), true);
    DenseFeedForward feedForward =
        new DenseFeedForward(
            json.intOr("n_inner", PLAIN_RATIO * hidden),
            false,
            ConfigFields.activation(json, "activation_function", "gelu_new"),
            true);
    return decoder(
        json,
        new Embedding(
            json.requiredInt("vocab_size"), hidden, json.requiredInt("n_positions"), 0, Norm.NONE),
        hidden,
        Stack.of(
            ConfigFields.size(json, "n_layer", Limits.MAX_LAYERS),
            new Layer(attention, feedForward, LayerNorms.before(Norm.LAYER)),
            Norm.LAYER));
  }

  /** arXiv:2205.01068. The 350M model projects its embedding and normalises after its parts. */
  private static Architecture opt(JsonFields json) {
    int hidden = ConfigFields.hiddenSize(json);
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
            ConfigFields.activation(json, "activation_function", "relu"),
            bias);
    int headDim = ConfigFields.headDim(json, "hidden_size", "num_attention_heads");
    int positions =
        OPT_POSITION_OFFSET
            + ConfigFields.size(json, "max_position_embeddings", Limits.MAX_VOCABULARY);
    return decoder(
        json,
        new Embedding(
            json.requiredInt("vocab_size"),
            json.intOr("word_embed_proj_dim", hidden),
            positions,
            0,
            Norm.NONE),
        hidden,
        Stack.of(
            ConfigFields.layers(json),
            new Layer(
                attention(heads, heads, headDim, bias),
                feedForward,
                before ? LayerNorms.before(norm) : LayerNorms.afterSum(norm)),
            hasFinalNorm ? norm : Norm.NONE));
  }

  /** arXiv:2211.05100: ALiBi, and a norm behind the embedding. */
  private static Architecture bloom(JsonFields json) {
    String hiddenField = json.has("n_embed") ? "n_embed" : "hidden_size";
    String headsField = json.has("num_attention_heads") ? "num_attention_heads" : "n_head";
    int hidden = ConfigFields.size(json, hiddenField, Limits.MAX_WIDTH);
    int layers =
        json.has("num_hidden_layers")
            ? ConfigFields.layers(json)
            : ConfigFields.size(json, "n_layer", Limits.MAX_LAYERS);
    DenseFeedForward feedForward =
        new DenseFeedForward(
            PLAIN_RATIO * hidden,
            false,
            ConfigFields.activation(json, "hidden_act", "gelu_new"),
            true);
    int heads = json.requiredInt(headsField);
    GroupedQueryAttention attention =
        alibi(heads, heads, ConfigFields.headDim(json, hiddenField, headsField), true);
    return decoder(
        json,
        new Embedding(json.requiredInt("vocab_size"), hidden, 0, 0, Norm.LAYER),
        hidden,
        Stack.of(
            layers, new Layer(attention, feedForward, LayerNorms.before(Norm.LAYER)), Norm.LAYER));
  }

  /** MosaicML 2023: ALiBi, no biases, not even of the norms. */
  private static Architecture mpt(JsonFields json) {
    ConfigFields.refuse(json, "no_bias", false, true);
    int hidden = ConfigFields.size(json, "d_model", Limits.MAX_WIDTH);
    int heads = json.requiredInt("n_heads");
    if (json.has("attn_config")) {
      JsonFields attention = json.requiredObject("attn_config");
      ConfigFields.refuse(attention, "alibi", false, true);
      ConfigFields.refuse(attention, "qk_ln", true, false);
      if (!attention.stringOr("attn_type", "multihead_attention").equals("multihead_attention")) {
        throw attention.invalid("attn_type", "must be \"multihead_attention\"");
      }
    }
    int ratio = json.intOr("expansion_ratio", PLAIN_RATIO);
    Limits.requireSize("expansion_ratio", ratio, Limits.MAX_INTERMEDIATE / hidden);
    int intermediate = ratio * hidden;
    Layer layer =
        new Layer(
            alibi(heads, heads, ConfigFields.headDim(json, "d_model", "n_heads"), false),
            new DenseFeedForward(
                intermediate, false, ConfigFields.activation(json, "hidden_act", "gelu"), false),
            LayerNorms.before(Norm.LAYER_WITHOUT_BIAS));
    return decoder(
        json,
        Embedding.ofTokens(json.requiredInt("vocab_size"), hidden),
        hidden,
        Stack.of(
            ConfigFields.size(json, "n_layers", Limits.MAX_LAYERS),
            layer,
            Norm.LAYER_WITHOUT_BIAS));
  }

  /** arXiv:2402.19173: RoPE and groups in GPT-2's layers. */
  private static Architecture starcoder2(JsonFields json) {
    boolean bias = json.booleanOr("use_bias", true);
    int layers = ConfigFields.layers(json);
    int window = ConfigFields.slidingWindow(json, ConfigFields.NO_WINDOW);
    List<AttentionSpan> spans = ConfigFields.spans(json, layers, window, layer -> true);
    DenseFeedForward feedForward =
        new DenseFeedForward(
            json.requiredInt("intermediate_size"),
            false,
            ConfigFields.activation(json, "hidden_act", "gelu_pytorch_tanh"),
            bias);
    int headDim = ConfigFields.headDim(json);
    return ConfigFields.decoder(
        json,
        ConfigFields.stack(
            layers,
            layer ->
                new Layer(
                    LlamaFamilies.attention(
                        json, bias, bias, QueryKeyNorm.NONE, headDim, spans.get(layer)),
                    feedForward,
                    LayerNorms.before(Norm.LAYER)),
            Norm.LAYER),
        true,
        false);
  }

  private static GroupedQueryAttention attention(
      int heads, int keyValueHeads, int headDim, boolean bias) {
    return attention(heads, keyValueHeads, headDim, bias, ScoreTerms.NONE);
  }

  private static GroupedQueryAttention alibi(
      int heads, int keyValueHeads, int headDim, boolean bias) {
    return attention(heads, keyValueHeads, headDim, bias, new ScoreTerms(true, 0, false));
  }

  private static GroupedQueryAttention attention(
      int heads, int keyValueHeads, int headDim, boolean bias, ScoreTerms scoreTerms) {
    return new GroupedQueryAttention(
        heads,
        keyValueHeads,
        headDim,
        bias,
        bias,
        QueryKeyNorm.NONE,
        Rope.NONE,
        scoreTerms,
        new AttentionSpan.Causal());
  }

  private static Architecture decoder(
      JsonFields json, Embedding embedding, int hidden, Stack stack) {
    return Architecture.decoderOnly(
        json.requiredString("model_type"),
        hidden,
        embedding,
        stack,
        new Head.LanguageModel(json.booleanOr("tie_word_embeddings", true), false));
  }
}
