package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.ScoreTerms;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.List;
import java.util.Map;

/**
 * Gemma (arXiv:2403.08295), Gemma 2 (arXiv:2408.00118) and the text model of Gemma 3
 * (arXiv:2503.19786): tied embeddings, GELU gates, later norms on both sides of each part and local
 * layers between global ones.
 */
final class GemmaFamilies {
  // Defaults of configuration_gemma.py, configuration_gemma2.py and configuration_gemma3.py.
  private static final int DEFAULT_HEAD_DIM = 256;
  private static final int DEFAULT_WINDOW = 4_096;
  private static final double GEMMA2_SOFT_CAP = 50;
  private static final int GEMMA3_PATTERN = 6;

  private GemmaFamilies() {}

  static Map<String, Family> all() {
    return Map.of(
        "gemma", GemmaFamilies::gemma,
        "gemma2", GemmaFamilies::gemma2,
        "gemma3_text", GemmaFamilies::gemma3);
  }

  private static Architecture gemma(JsonFields json) {
    List<AttentionSpan> spans =
        ConfigFields.spans(json, ConfigFields.layers(json), ConfigFields.NO_WINDOW, layer -> false);
    return decoder(json, spans, QueryKeyNorm.NONE, ScoreTerms.NONE, LayerNorms.before(Norm.RMS));
  }

  /** Even layers are local. */
  private static Architecture gemma2(JsonFields json) {
    int window = ConfigFields.slidingWindow(json, DEFAULT_WINDOW);
    List<AttentionSpan> spans =
        ConfigFields.spans(json, ConfigFields.layers(json), window, layer -> layer % 2 == 0);
    return decoder(
        json,
        spans,
        QueryKeyNorm.NONE,
        softCap(json, GEMMA2_SOFT_CAP),
        LayerNorms.around(Norm.RMS));
  }

  /** Every sixth layer is global. */
  private static Architecture gemma3(JsonFields json) {
    int pattern =
        json.intOr("sliding_window_pattern", json.intOr("_sliding_window_pattern", GEMMA3_PATTERN));
    if (pattern < 1) {
      throw json.invalid("sliding_window_pattern", "must be positive, but is " + pattern);
    }
    int window = ConfigFields.slidingWindow(json, DEFAULT_WINDOW);
    List<AttentionSpan> spans =
        ConfigFields.spans(
            json, ConfigFields.layers(json), window, layer -> (layer + 1) % pattern != 0);
    return decoder(
        json, spans, LlamaFamilies.HEAD_NORM, softCap(json, 0), LayerNorms.around(Norm.RMS));
  }

  private static ScoreTerms softCap(JsonFields json, double absent) {
    double cap =
        json.isNull("attn_logit_softcapping") ? 0 : json.doubleOr("attn_logit_softcapping", absent);
    return new ScoreTerms(false, cap, false);
  }

  private static Architecture decoder(
      JsonFields json,
      List<AttentionSpan> spans,
      QueryKeyNorm queryKeyNorm,
      ScoreTerms scoreTerms,
      LayerNorms norms) {
    boolean bias = json.booleanOr("attention_bias", false);
    int heads = json.requiredInt("num_attention_heads");
    int headDim = json.intOr("head_dim", DEFAULT_HEAD_DIM);
    String activationField = json.has("hidden_activation") ? "hidden_activation" : "hidden_act";
    DenseFeedForward feedForward =
        new DenseFeedForward(
            json.requiredInt("intermediate_size"),
            true,
            ConfigFields.activation(json, activationField, "gelu_pytorch_tanh"),
            false);
    return ConfigFields.decoder(
        json,
        ConfigFields.stack(
            spans.size(),
            layer ->
                new Layer(
                    new GroupedQueryAttention(
                        heads,
                        json.requiredInt("num_key_value_heads"),
                        headDim,
                        bias,
                        bias,
                        queryKeyNorm,
                        Rope.of(headDim),
                        scoreTerms,
                        spans.get(layer)),
                    feedForward,
                    norms),
            Norm.RMS),
        true,
        false);
  }
}
