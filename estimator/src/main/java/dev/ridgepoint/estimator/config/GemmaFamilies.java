package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.ScoreTerms;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.Numerics;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.List;
import java.util.Map;

/**
 * Gemma (arXiv:2403.08295), Gemma 2 (arXiv:2408.00118) and the text model of Gemma 3
 * (arXiv:2503.19786): tied embeddings, scaled by the root of the hidden size; GELU gates; norms
 * that multiply with 1 + w, later on both sides of each part; and later local layers between global
 * ones.
 */
final class GemmaFamilies {
  // Of configuration_gemma.py, configuration_gemma2.py and configuration_gemma3.py.
  private static final Defaults GEMMA = new Defaults(8_192, 1e-6, 10_000);
  private static final Defaults GEMMA3 = new Defaults(131_072, 1e-6, 1_000_000);
  private static final int DEFAULT_HEAD_DIM = 256;
  private static final double DEFAULT_QUERY_SCALAR = 256;
  private static final int DEFAULT_WINDOW = 4_096;
  private static final double GEMMA2_SCORE_CAP = 50;
  private static final double GEMMA2_LOGIT_CAP = 30;
  private static final int GEMMA3_PATTERN = 6;
  private static final int GEMMA3_VOCABULARY = 262_208;
  private static final int GEMMA3_HEADS = 8;
  private static final int GEMMA3_KEY_VALUE_HEADS = 4;

  private GemmaFamilies() {}

  static Map<String, Family> all() {
    return Map.of(
        "gemma", GemmaFamilies::gemma,
        "gemma2", GemmaFamilies::gemma2,
        "gemma3_text", GemmaFamilies::gemma3);
  }

  private static Architecture gemma(JsonFields json) {
    return builder(json, GEMMA, 0).keyValueHeads(json.requiredInt("num_key_value_heads")).build();
  }

  /** Even layers are local; scores and logits are capped. */
  static Architecture gemma2(JsonFields json) {
    int window = LayerSpans.window(json, DEFAULT_WINDOW);
    return builder(json, GEMMA, cap(json, "final_logit_softcapping", GEMMA2_LOGIT_CAP))
        .keyValueHeads(json.requiredInt("num_key_value_heads"))
        .scoreScale(scoreScale(json))
        .scoreTerms(scoreCap(json, GEMMA2_SCORE_CAP))
        .spans(LayerSpans.sliding(json, window, layer -> layer % 2 == 0))
        .norms(LayerNorms.around(Norm.RMS))
        .build();
  }

  /**
   * Every sixth layer is global, and has the longer waves; queries and keys are normalised. Of the
   * larger models the configs leave out vocabulary and heads.
   */
  private static Architecture gemma3(JsonFields json) {
    int pattern =
        json.has("sliding_window_pattern")
            ? Sizes.interval(json, "sliding_window_pattern", GEMMA3_PATTERN)
            : Sizes.interval(json, "_sliding_window_pattern", GEMMA3_PATTERN);
    int window = LayerSpans.window(json, DEFAULT_WINDOW);
    List<AttentionSpan> spans =
        LayerSpans.sliding(json, window, layer -> (layer + 1) % pattern != 0);
    Rope global =
        RopeReader.ofLayers(json, GEMMA3, "full_attention")
            .orElseGet(() -> RopeReader.of(json, GEMMA3))
            .whole(headDim(json));
    Rope local =
        RopeReader.ofLayers(json, GEMMA, "sliding_attention")
            .map(rope -> rope.whole(headDim(json)))
            .orElseGet(() -> gemma3Local(json));
    return builder(json, GEMMA3, cap(json, "final_logit_softcapping", 0))
        .vocabulary(json.intOr("vocab_size", GEMMA3_VOCABULARY))
        .heads(json.intOr("num_attention_heads", GEMMA3_HEADS))
        .keyValueHeads(json.intOr("num_key_value_heads", GEMMA3_KEY_VALUE_HEADS))
        .queryKeyNorm(LlamaFamilies.HEAD_NORM)
        .rope(layer -> spans.get(layer) instanceof AttentionSpan.Sliding ? local : global)
        .scoreScale(scoreScale(json))
        .scoreTerms(scoreCap(json, 0))
        .spans(spans)
        .norms(LayerNorms.around(Norm.RMS))
        .build();
  }

  /** Local layers have a base of their own and are never stretched. */
  private static Rope gemma3Local(JsonFields json) {
    double theta = Sizes.positive(json, "rope_local_base_freq", GEMMA.ropeTheta());
    return new Rope(headDim(json), theta, new RopeScaling.None());
  }

  private static DecoderBuilder builder(JsonFields json, Defaults defaults, double logitCap) {
    String activation = json.has("hidden_activation") ? "hidden_activation" : "hidden_act";
    return new DecoderBuilder(json, defaults)
        .headDim(headDim(json))
        .attentionBias(json.booleanOr("attention_bias", false))
        .feedForward(
            new DenseFeedForward(
                json.requiredInt("intermediate_size"),
                true,
                FeedForwards.activation(json, activation, "gelu_pytorch_tanh"),
                false))
        .tiedByDefault()
        .numerics(
            new Numerics(
                Sizes.positive(json, "rms_norm_eps", defaults.normEpsilon()),
                true,
                Math.sqrt(Sizes.hidden(json)),
                1,
                1,
                logitCap));
  }

  private static int headDim(JsonFields json) {
    return json.intOr("head_dim", DEFAULT_HEAD_DIM);
  }

  private static double scoreScale(JsonFields json) {
    return 1 / Math.sqrt(Sizes.positive(json, "query_pre_attn_scalar", DEFAULT_QUERY_SCALAR));
  }

  private static ScoreTerms scoreCap(JsonFields json, double absent) {
    return new ScoreTerms(false, cap(json, "attn_logit_softcapping", absent), false);
  }

  /** A cap is absent only where its field is; {@code null} says that there is none. */
  private static double cap(JsonFields json, String field, double absent) {
    double cap = json.isNull(field) ? 0 : json.doubleOr(field, absent);
    if (cap < 0) {
      throw json.invalid(field, "must not be negative, but is " + cap);
    }
    return cap;
  }
}
