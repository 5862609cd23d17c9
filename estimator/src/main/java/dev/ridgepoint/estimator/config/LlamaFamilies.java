package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.ScoreTerms;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm.Scope;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.List;
import java.util.Map;

/** Llama and its dense descendants: gated feed-forward, RoPE, one part after the other. */
final class LlamaFamilies {
  static final QueryKeyNorm HEAD_NORM = new QueryKeyNorm(Norm.RMS, Scope.SHARED_BY_HEADS);
  static final QueryKeyNorm WHOLE_NORM = new QueryKeyNorm(Norm.RMS, Scope.WHOLE);

  // Defaults of configuration_qwen2.py, configuration_mistral.py and configuration_smollm3.py.
  private static final int QWEN_WINDOW = 4_096;
  private static final int QWEN_FIRST_SLIDING_LAYER = 28;
  private static final int MISTRAL_WINDOW = 4_096;
  private static final int SMOLLM3_NO_ROPE_INTERVAL = 4;

  private LlamaFamilies() {}

  static Map<String, Family> all() {
    return Map.of(
        "llama", LlamaFamilies::llama,
        "granite", LlamaFamilies::llama,
        "internlm2", LlamaFamilies::internlm2,
        "mistral", LlamaFamilies::mistral,
        "qwen2", LlamaFamilies::qwen2,
        "qwen3", LlamaFamilies::qwen3,
        "phi3", LlamaFamilies::phi3,
        "smollm3", LlamaFamilies::smollm3,
        "olmo", LlamaFamilies::olmo,
        "olmo2", LlamaFamilies::olmo2);
  }

  private static Architecture llama(JsonFields json) {
    boolean bias = json.booleanOr("attention_bias", false);
    return decoder(json, full(json), bias, bias, QueryKeyNorm.NONE, before(), "mlp_bias");
  }

  private static Architecture internlm2(JsonFields json) {
    boolean bias = json.booleanOr("bias", false);
    return decoder(json, full(json), bias, bias, QueryKeyNorm.NONE, before(), "");
  }

  private static Architecture mistral(JsonFields json) {
    int window = ConfigFields.slidingWindow(json, MISTRAL_WINDOW);
    List<AttentionSpan> spans =
        ConfigFields.spans(json, ConfigFields.layers(json), window, layer -> true);
    return decoder(json, spans, false, false, QueryKeyNorm.NONE, before(), "");
  }

  private static Architecture qwen2(JsonFields json) {
    return decoder(json, qwenSpans(json), true, false, QueryKeyNorm.NONE, before(), "");
  }

  private static Architecture qwen3(JsonFields json) {
    boolean bias = json.booleanOr("attention_bias", false);
    return decoder(json, qwenSpans(json), bias, bias, HEAD_NORM, before(), "");
  }

  /** Layers from {@code max_window_layers} on slide, if any may. */
  static List<AttentionSpan> qwenSpans(JsonFields json) {
    int first = json.intOr("max_window_layers", QWEN_FIRST_SLIDING_LAYER);
    int window =
        json.booleanOr("use_sliding_window", false)
            ? ConfigFields.slidingWindow(json, QWEN_WINDOW)
            : ConfigFields.NO_WINDOW;
    return ConfigFields.spans(json, ConfigFields.layers(json), window, layer -> layer >= first);
  }

  private static Architecture phi3(JsonFields json) {
    ConfigFields.refuse(json, "attention_bias", true, false);
    int layers = ConfigFields.layers(json);
    int window = ConfigFields.slidingWindow(json, ConfigFields.NO_WINDOW);
    List<AttentionSpan> spans = ConfigFields.spans(json, layers, window, layer -> true);
    int rotaryDim = ConfigFields.rotaryDim(json, ConfigFields.headDim(json), 1);
    FeedForward feedForward = ConfigFields.gated(json, "silu", false);
    return ConfigFields.decoder(
        json,
        ConfigFields.stack(
            layers,
            layer ->
                new Layer(
                    attention(json, false, false, QueryKeyNorm.NONE, rotaryDim, spans.get(layer)),
                    feedForward,
                    before()),
            Norm.RMS),
        false,
        false);
  }

  /** Every fourth layer has no positions. */
  private static Architecture smollm3(JsonFields json) {
    ConfigFields.refuse(json, "use_sliding_window", true, false);
    int layers = ConfigFields.layers(json);
    boolean bias = json.booleanOr("attention_bias", false);
    FeedForward feedForward = ConfigFields.gated(json, "silu", json.booleanOr("mlp_bias", false));
    List<AttentionSpan> spans = full(json);
    return ConfigFields.decoder(
        json,
        ConfigFields.stack(
            layers,
            layer ->
                new Layer(
                    attention(
                        json,
                        bias,
                        bias,
                        QueryKeyNorm.NONE,
                        hasRope(json, layer, SMOLLM3_NO_ROPE_INTERVAL)
                            ? ConfigFields.headDim(json)
                            : 0,
                        spans.get(layer)),
                    feedForward,
                    before()),
            Norm.RMS),
        true,
        false);
  }

  /** {@code no_rope_layers} holds 1 for a layer with RoPE; without it, every n-th has none. */
  static boolean hasRope(JsonFields json, int layer, int defaultInterval) {
    if (json.has("no_rope_layers") && !json.requiredInts("no_rope_layers").isEmpty()) {
      List<Integer> flags = json.requiredInts("no_rope_layers");
      if (flags.size() != ConfigFields.layers(json)) {
        throw json.invalid(
            "no_rope_layers",
            "must hold num_hidden_layers (%d) numbers, but holds %d"
                .formatted(ConfigFields.layers(json), flags.size()));
      }
      return flags.get(layer) != 0;
    }
    int interval = json.intOr("no_rope_layer_interval", defaultInterval);
    if (interval < 1) {
      throw json.invalid("no_rope_layer_interval", "must be positive, but is " + interval);
    }
    return (layer + 1) % interval != 0;
  }

  /** Its norms have no weights (arXiv:2402.00838). */
  private static Architecture olmo(JsonFields json) {
    boolean bias = json.booleanOr("attention_bias", false);
    LayerNorms norms = LayerNorms.before(Norm.LAYER_NON_PARAMETRIC);
    return decoder(json, full(json), bias, bias, QueryKeyNorm.NONE, norms, "");
  }

  /** It normalises what the parts put out, not what they take in (arXiv:2501.00656). */
  private static Architecture olmo2(JsonFields json) {
    boolean bias = json.booleanOr("attention_bias", false);
    LayerNorms norms = LayerNorms.afterBranch(Norm.RMS);
    return decoder(json, full(json), bias, bias, WHOLE_NORM, norms, "");
  }

  private static Architecture decoder(
      JsonFields json,
      List<AttentionSpan> spans,
      boolean qkvBias,
      boolean outputBias,
      QueryKeyNorm queryKeyNorm,
      LayerNorms norms,
      String mlpBiasField) {
    boolean mlpBias = !mlpBiasField.isEmpty() && json.booleanOr(mlpBiasField, false);
    FeedForward feedForward = ConfigFields.gated(json, "silu", mlpBias);
    int headDim = ConfigFields.headDim(json);
    return ConfigFields.decoder(
        json,
        ConfigFields.stack(
            spans.size(),
            layer ->
                new Layer(
                    attention(json, qkvBias, outputBias, queryKeyNorm, headDim, spans.get(layer)),
                    feedForward,
                    norms),
            norms.norm()),
        false,
        false);
  }

  static GroupedQueryAttention attention(
      JsonFields json,
      boolean qkvBias,
      boolean outputBias,
      QueryKeyNorm queryKeyNorm,
      int rotaryDim,
      AttentionSpan span) {
    int heads = json.requiredInt("num_attention_heads");
    return new GroupedQueryAttention(
        heads,
        json.intOr("num_key_value_heads", heads),
        ConfigFields.headDim(json),
        qkvBias,
        outputBias,
        queryKeyNorm,
        Rope.of(rotaryDim),
        ScoreTerms.NONE,
        span);
  }

  private static List<AttentionSpan> full(JsonFields json) {
    return ConfigFields.spans(
        json, ConfigFields.layers(json), ConfigFields.NO_WINDOW, layer -> false);
  }

  static LayerNorms before() {
    return LayerNorms.before(Norm.RMS);
  }
}
