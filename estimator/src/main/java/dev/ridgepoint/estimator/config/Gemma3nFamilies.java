package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.Embedding;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.KeyValues;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.OutputTerms;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.ScoreTerms;
import dev.ridgepoint.estimator.architecture.LayerAddition;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.Numerics;
import dev.ridgepoint.estimator.architecture.PerLayerEmbedding;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm.Scope;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gemma 3n and Gemma 4, which add to Gemma 3 embeddings of layers, layers that read an earlier
 * layer's cache, and more.
 */
final class Gemma3nFamilies {
  // Of configuration_gemma3n.py and configuration_gemma4.py.
  private static final Defaults GEMMA3N = new Defaults(32_768, 1e-6, 1_000_000);
  private static final Defaults GEMMA4 = new Defaults(131_072, 1e-6, 1_000_000);
  private static final double LOCAL_THETA = 10_000;
  private static final double GEMMA4_ROTARY_FRACTION = 0.25;
  private static final int WINDOW = 512;
  private static final int GLOBAL_INTERVAL = 5;
  private static final int GEMMA4_GLOBAL_INTERVAL = 6;
  private static final int HEAD_DIM = 256;
  private static final int GLOBAL_HEAD_DIM = 512;
  private static final int TABLE_ROWS = 262_144;
  private static final int TABLE_WIDTH = 256;
  private static final double LOGIT_CAP = 30;
  private static final QueryKeyNorm NORM = new QueryKeyNorm(Norm.RMS, Scope.SHARED_BY_HEADS, true);

  private Gemma3nFamilies() {}

  static Map<String, Family> all() {
    return Map.of("gemma3n_text", Gemma3nFamilies::gemma3n, "gemma4_text", Gemma3nFamilies::gemma4);
  }

  /** Google 2025, Gemma 3n: alternating updates of four streams, a low-rank path in each layer. */
  private static Architecture gemma3n(JsonFields json) {
    int layers = Sizes.layers(json);
    int shared = json.intOr("num_kv_shared_layers", 15);
    int streams = json.intOr("altup_num_inputs", 4);
    int headDim = json.intOr("head_dim", HEAD_DIM);
    List<AttentionSpan> spans = spans(json, GLOBAL_INTERVAL);
    Rope global = RopeReader.of(json, GEMMA3N).whole(headDim);
    double localTheta = Sizes.positive(json, "rope_local_base_freq", LOCAL_THETA);
    Rope local = new Rope(headDim, localTheta, new RopeScaling.None());
    PerLayerEmbedding table = table(json, layers);
    List<LayerAddition> additions =
        List.of(
            new LayerAddition.LowRankResidual(json.intOr("laurel_rank", 64)),
            new LayerAddition.AlternatingUpdates(streams),
            new LayerAddition.PerLayerInput(table.width(), activation(json)));
    return new DecoderBuilder(json, GEMMA3N)
        .headDim(headDim)
        .keyValueHeads(json.intOr("num_key_value_heads", 2))
        .attentionBias(json.booleanOr("attention_bias", false))
        .queryKeyNorm(NORM)
        .scoreScale(1)
        .spans(spans)
        .rope(layer -> spans.get(layer) instanceof AttentionSpan.Sliding ? local : global)
        .keyValues(layer -> keyValues(layer >= layers - shared))
        .norms(LayerNorms.around(Norm.RMS))
        .feedForward(layer -> gated(json, Sizes.ofLayer(json, "intermediate_size", layer)))
        .additions(any -> additions)
        .embedding(embedding(json, Optional.of(table), streams))
        .tiedByDefault()
        .numerics(numerics(json, LOGIT_CAP))
        .build();
  }

  private static KeyValues keyValues(boolean isShared) {
    return isShared ? KeyValues.OF_EARLIER_LAYER : KeyValues.PROJECTED;
  }

  /**
   * Google 2026, Gemma 4: global layers have heads of their own size, of which a quarter is turned,
   * and may take their keys as values; the last layers may read an earlier cache.
   */
  private static Architecture gemma4(JsonFields json) {
    int layers = Sizes.layers(json);
    int firstShared = layers - json.intOr("num_kv_shared_layers", 0);
    boolean isWide = json.booleanOr("use_double_wide_mlp", false);
    int intermediate = json.requiredInt("intermediate_size");
    List<AttentionSpan> spans = spans(json, GEMMA4_GLOBAL_INTERVAL);
    int width = json.intOr("hidden_size_per_layer_input", TABLE_WIDTH);
    Optional<PerLayerEmbedding> table =
        width == 0 ? Optional.empty() : Optional.of(table(json, layers));
    List<LayerAddition> additions = new ArrayList<>();
    table.ifPresent(any -> additions.add(new LayerAddition.PerLayerInput(width, activation(json))));
    additions.add(new LayerAddition.OutputScale());
    boolean isSparse = json.booleanOr("enable_moe_block", false);
    if (isSparse) {
      additions.add(new LayerAddition.ExpertNorms(json.requiredInt("num_experts")));
    }
    return new DecoderBuilder(json, GEMMA4)
        .mixers(layer -> List.of(gemma4Attention(json, spans.get(layer), layer >= firstShared)))
        .norms(LayerNorms.around(Norm.RMS))
        .feedForward(
            layer -> {
              int own = isWide && layer >= firstShared ? 2 * intermediate : intermediate;
              return gemma4FeedForward(json, gated(json, own), isSparse);
            })
        .additions(any -> additions)
        .embedding(embedding(json, table, 1))
        .tiedByDefault()
        .numerics(numerics(json, 0))
        .build();
  }

  private static FeedForward gemma4FeedForward(
      JsonFields json, DenseFeedForward dense, boolean isSparse) {
    if (!isSparse) {
      return dense;
    }
    String width =
        json.has("moe_intermediate_size") ? "moe_intermediate_size" : "expert_intermediate_size";
    return new MixtureOfExperts(
            json.requiredInt("num_experts"),
            json.requiredInt("top_k_experts"),
            gated(json, json.requiredInt(width)))
        .withShared(dense);
  }

  private static GroupedQueryAttention gemma4Attention(
      JsonFields json, AttentionSpan span, boolean isShared) {
    boolean isGlobal = span instanceof AttentionSpan.Causal;
    boolean areKeysValues = isGlobal && json.booleanOr("attention_k_eq_v", false);
    int headDim =
        isGlobal && json.intOr("global_head_dim", GLOBAL_HEAD_DIM) > 0
            ? json.intOr("global_head_dim", GLOBAL_HEAD_DIM)
            : json.intOr("head_dim", HEAD_DIM);
    int keyValueHeads = json.requiredInt("num_key_value_heads");
    boolean bias = json.booleanOr("attention_bias", false);
    return new GroupedQueryAttention(
        json.requiredInt("num_attention_heads"),
        areKeysValues ? json.intOr("num_global_key_value_heads", keyValueHeads) : keyValueHeads,
        headDim,
        bias,
        bias,
        NORM,
        gemma4Rope(json, isGlobal, headDim),
        1,
        ScoreTerms.NONE,
        span,
        isShared || !areKeysValues ? keyValues(isShared) : KeyValues.KEYS_AS_VALUES,
        OutputTerms.NONE,
        0);
  }

  /**
   * The frequencies of a part are those that its pairs have in the whole head: {@code theta^(-2i /
   * headDim)}, which a smaller base gives a rotation of the part alone.
   */
  private static Rope gemma4Rope(JsonFields json, boolean isGlobal, int headDim) {
    if (!isGlobal) {
      return RopeReader.ofLayers(json, GEMMA4, "sliding_attention")
          .map(rope -> rope.whole(headDim))
          .orElseGet(() -> new Rope(headDim, LOCAL_THETA, new RopeScaling.None()));
    }
    Rope part =
        RopeReader.ofLayers(json, GEMMA4, "full_attention")
            .map(rope -> rope.part(headDim, GEMMA4_ROTARY_FRACTION))
            .orElseGet(
                () ->
                    new Rope(
                        (int) (headDim * GEMMA4_ROTARY_FRACTION),
                        GEMMA4.ropeTheta(),
                        new RopeScaling.None()));
    double theta = Math.pow(part.theta(), (double) part.dim() / headDim);
    return new Rope(part.dim(), theta, part.scaling());
  }

  private static List<AttentionSpan> spans(JsonFields json, int globalInterval) {
    return LayerSpans.sliding(
        json, LayerSpans.window(json, WINDOW), layer -> (layer + 1) % globalInterval != 0);
  }

  private static PerLayerEmbedding table(JsonFields json, int layers) {
    return new PerLayerEmbedding(
        json.intOr("vocab_size_per_layer_input", TABLE_ROWS),
        layers,
        json.intOr("hidden_size_per_layer_input", TABLE_WIDTH));
  }

  private static Embedding embedding(
      JsonFields json, Optional<PerLayerEmbedding> table, int streams) {
    return new Embedding(
        json.requiredInt("vocab_size"), Sizes.hidden(json), 0, 0, Norm.NONE, table, streams);
  }

  private static DenseFeedForward gated(JsonFields json, int intermediate) {
    return new DenseFeedForward(intermediate, true, activation(json), false);
  }

  private static Activation activation(JsonFields json) {
    return FeedForwards.activation(json, "hidden_activation", "gelu_pytorch_tanh");
  }

  /** Their norms multiply with w, not with 1 + w as the Gemmas before. */
  private static Numerics numerics(JsonFields json, double absentCap) {
    double cap =
        json.isNull("final_logit_softcapping")
            ? 0
            : json.doubleOr("final_logit_softcapping", absentCap);
    double epsilon = Sizes.positive(json, "rms_norm_eps", GEMMA3N.normEpsilon());
    return new Numerics(epsilon, false, Math.sqrt(Sizes.hidden(json)), 1, 1, cap);
  }
}
