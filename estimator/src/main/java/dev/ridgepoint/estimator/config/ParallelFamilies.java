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
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm.Scope;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.Map;

/** Decoders whose attention and feed-forward may run in parallel and share a norm. */
final class ParallelFamilies {
  private static final QueryKeyNorm PER_HEAD =
      new QueryKeyNorm(Norm.LAYER_WITHOUT_BIAS, Scope.PER_HEAD);
  // Defaults of configuration_gptj.py and configuration_gpt_neox.py.
  private static final int GPTJ_ROTARY_DIM = 64;
  private static final double NEOX_ROTARY_FRACTION = 0.25;

  private ParallelFamilies() {}

  static Map<String, Family> all() {
    return Map.of(
        "gpt_neox", ParallelFamilies::gptNeox,
        "gptj", ParallelFamilies::gptj,
        "phi", ParallelFamilies::phi,
        "falcon", ParallelFamilies::falcon,
        "stablelm", ParallelFamilies::stablelm,
        "cohere", ParallelFamilies::cohere);
  }

  /** arXiv:2204.06745: two norms, whether parallel or not. */
  private static Architecture gptNeox(JsonFields json) {
    boolean bias = json.booleanOr("attention_bias", true);
    double fraction = json.doubleOr("rotary_pct", NEOX_ROTARY_FRACTION);
    int rotaryDim = ConfigFields.rotaryDim(json, ConfigFields.headDim(json), fraction);
    DenseFeedForward feedForward = plain(json, "intermediate_size", "hidden_act", "gelu", true);
    return decoder(
        json,
        LlamaFamilies.attention(
            json, bias, bias, QueryKeyNorm.NONE, rotaryDim, new AttentionSpan.Causal()),
        feedForward,
        LayerNorms.before(Norm.LAYER),
        false,
        false);
  }

  /** One norm; biases in the feed-forward and the head alone. */
  private static Architecture gptj(JsonFields json) {
    int hidden = ConfigFields.size(json, "n_embd", Limits.MAX_WIDTH);
    int heads = json.requiredInt("n_head");
    int intermediate = json.intOr("n_inner", 4 * hidden);
    Layer layer =
        new Layer(
            new GroupedQueryAttention(
                heads,
                heads,
                ConfigFields.headDim(json, "n_embd", "n_head"),
                false,
                false,
                QueryKeyNorm.NONE,
                Rope.of(json.intOr("rotary_dim", GPTJ_ROTARY_DIM)),
                ScoreTerms.NONE,
                new AttentionSpan.Causal()),
            new DenseFeedForward(
                intermediate,
                false,
                ConfigFields.activation(json, "activation_function", "gelu_new"),
                true),
            LayerNorms.shared(Norm.LAYER));
    return Architecture.decoderOnly(
        "gptj",
        hidden,
        Embedding.ofTokens(json.requiredInt("vocab_size"), hidden),
        Stack.of(ConfigFields.size(json, "n_layer", Limits.MAX_LAYERS), layer, Norm.LAYER),
        new Head.LanguageModel(json.booleanOr("tie_word_embeddings", false), true));
  }

  /** arXiv:2309.05463: one norm, biases everywhere. */
  private static Architecture phi(JsonFields json) {
    ConfigFields.refuse(json, "qk_layernorm", true, false);
    int rotaryDim = ConfigFields.rotaryDim(json, ConfigFields.headDim(json), 0.5);
    return decoder(
        json,
        LlamaFamilies.attention(
            json, true, true, QueryKeyNorm.NONE, rotaryDim, new AttentionSpan.Causal()),
        plain(json, "intermediate_size", "hidden_act", "gelu_new", true),
        LayerNorms.shared(Norm.LAYER),
        false,
        true);
  }

  /**
   * arXiv:2311.16867. The first models have one key/value head and one norm, the later ones groups
   * and two norms; {@code num_ln_in_parallel_attn} overrides that.
   */
  private static Architecture falcon(JsonFields json) {
    int heads = json.requiredInt("num_attention_heads");
    boolean isNew = json.booleanOr("new_decoder_architecture", false);
    boolean multiQuery = json.booleanOr("multi_query", true);
    boolean alibi = json.booleanOr("alibi", false);
    boolean bias = json.booleanOr("bias", false);
    boolean parallel = isNew || json.booleanOr("parallel_attn", true);
    int keyValueHeads = heads;
    if (isNew) {
      keyValueHeads = json.intOr("num_kv_heads", heads);
    } else if (multiQuery) {
      keyValueHeads = 1;
    }
    int normsInParallel = json.intOr("num_ln_in_parallel_attn", isNew ? 2 : 1);
    LayerNorms norms =
        parallel && normsInParallel == 1
            ? LayerNorms.shared(Norm.LAYER)
            : LayerNorms.before(Norm.LAYER);
    int headDim = ConfigFields.headDim(json, "hidden_size", "num_attention_heads");
    GroupedQueryAttention attention =
        new GroupedQueryAttention(
            heads,
            keyValueHeads,
            headDim,
            bias,
            bias,
            QueryKeyNorm.NONE,
            alibi ? Rope.NONE : Rope.of(headDim),
            new ScoreTerms(alibi, 0, false),
            new AttentionSpan.Causal());
    Activation activation = ConfigFields.activation(json, "activation", "gelu");
    int intermediate =
        json.intOr(
            "ffn_hidden_size", json.intOr("intermediate_size", 4 * ConfigFields.hiddenSize(json)));
    DenseFeedForward feedForward = new DenseFeedForward(intermediate, false, activation, bias);
    return decoder(json, attention, feedForward, norms, true, false);
  }

  /** Stability AI 2024, arXiv:2402.17834. */
  private static Architecture stablelm(JsonFields json) {
    boolean parallel = json.booleanOr("use_parallel_residual", false);
    return decoder(
        json,
        LlamaFamilies.attention(
            json,
            json.booleanOr("use_qkv_bias", false),
            false,
            json.booleanOr("qk_layernorm", false) ? PER_HEAD : QueryKeyNorm.NONE,
            ConfigFields.rotaryDim(json, ConfigFields.headDim(json), 0.25),
            new AttentionSpan.Causal()),
        ConfigFields.gated(json, "silu", false),
        parallel ? LayerNorms.shared(Norm.LAYER) : LayerNorms.before(Norm.LAYER),
        false,
        false);
  }

  /** Command R: one norm without bias, tied embeddings. */
  private static Architecture cohere(JsonFields json) {
    boolean bias = json.booleanOr("attention_bias", false);
    return decoder(
        json,
        LlamaFamilies.attention(
            json,
            bias,
            bias,
            json.booleanOr("use_qk_norm", false) ? PER_HEAD : QueryKeyNorm.NONE,
            ConfigFields.headDim(json),
            new AttentionSpan.Causal()),
        ConfigFields.gated(json, "silu", false),
        LayerNorms.shared(Norm.LAYER_WITHOUT_BIAS),
        true,
        false);
  }

  private static DenseFeedForward plain(
      JsonFields json, String sizeField, String activationField, String activation, boolean bias) {
    return new DenseFeedForward(
        json.requiredInt(sizeField),
        false,
        ConfigFields.activation(json, activationField, activation),
        bias);
  }

  private static Architecture decoder(
      JsonFields json,
      GroupedQueryAttention attention,
      DenseFeedForward feedForward,
      LayerNorms norms,
      boolean tied,
      boolean headBias) {
    Layer layer = new Layer(attention, feedForward, norms);
    Stack stack = Stack.of(ConfigFields.layers(json), layer, norms.norm());
    return ConfigFields.decoder(json, stack, tied, headBias);
  }
}
