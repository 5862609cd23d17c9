package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GatedConvolution;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.LightningAttention;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.Routing.Bias;
import dev.ridgepoint.estimator.architecture.TokenMixer;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;

/** Decoders whose layers differ: attention in some, something cheaper or nothing in the others. */
final class HybridFamilies {
  // Of the configuration class of each family.
  private static final Defaults LFM2 = new Defaults(128_000, 1e-5, 1_000_000);
  private static final Defaults MINIMAX = new Defaults(10_240_000, 1e-5, 10_000_000);
  private static final Defaults NEMOTRON_NAS = new Defaults(131_072, 1e-5, 500_000);
  private static final int NAS_MULTIPLE = 256;

  private HybridFamilies() {}

  static Map<String, Family> all() {
    return Map.of(
        "lfm2", json -> lfm2(json, false),
        "lfm2_moe", json -> lfm2(json, true),
        "minimax", HybridFamilies::minimax,
        "minimax_m1", HybridFamilies::minimax,
        "minimax_text_01", HybridFamilies::minimax,
        "nemotron-nas", HybridFamilies::nemotronNas);
  }

  /** arXiv:2511.23404: gated convolutions, and attention in some layers. */
  private static Architecture lfm2(JsonFields json, boolean isSparse) {
    List<Integer> attending =
        json.has("full_attn_idxs") ? json.requiredInts("full_attn_idxs") : List.of();
    IntPredicate attends = LayerSpans.are(json, LayerSpans.FULL, "conv", attending::contains);
    GatedConvolution convolution =
        new GatedConvolution(
            Sizes.hidden(json), json.intOr("conv_L_cache", 3), json.booleanOr("conv_bias", false));
    int dense = isSparse ? json.intOr("num_dense_layers", 2) : Sizes.layers(json);
    return new DecoderBuilder(json, LFM2)
        .queryKeyNorm(LlamaFamilies.HEAD_NORM)
        .spans(LayerSpans.ofAttendingLayers(Sizes.layers(json)))
        .mixer(attends, convolution)
        .feedForward(
            layer ->
                layer < dense
                    ? FeedForwards.gated(json, lfm2Intermediate(json, isSparse))
                    : FeedForwards.experts(json, "num_experts", "moe_intermediate_size")
                        .withRouting(
                            Routings.corrected(json, 1)
                                .withBias(
                                    json.booleanOr("use_expert_bias", true)
                                        ? Bias.CHOICE
                                        : Bias.NONE)))
        .tied(json.booleanOr("tie_embedding", json.booleanOr("tie_word_embeddings", true)))
        .epsilon("norm_eps")
        .build();
  }

  /** Two thirds of the field, made whole multiples, unless the config says to take it as it is. */
  private static int lfm2Intermediate(JsonFields json, boolean isSparse) {
    int size =
        json.has("block_ff_dim")
            ? json.requiredInt("block_ff_dim")
            : json.requiredInt("intermediate_size");
    if (isSparse || !json.booleanOr("block_auto_adjust_ff_dim", true)) {
      return size;
    }
    int multiple = Sizes.interval(json, "block_multiple_of", 256);
    double factor = json.doubleOr("block_ffn_dim_multiplier", 1);
    return roundedUp((int) (factor * (int) (2L * size / 3)), multiple);
  }

  private static int roundedUp(int size, int multiple) {
    return Math.multiplyExact(Math.ceilDiv(size, multiple), multiple);
  }

  /** arXiv:2501.08313: lightning attention, softmax attention where the list says 1. */
  private static Architecture minimax(JsonFields json) {
    int headDim = Sizes.headDim(json);
    int shared = json.intOr("shared_intermediate_size", 0);
    MixtureOfExperts routed = FeedForwards.experts(json, "num_local_experts", "intermediate_size");
    return new DecoderBuilder(json, MINIMAX)
        .rope(RopeReader.of(json, MINIMAX).ofDim(json.intOr("rotary_dim", headDim)))
        .mixer(
            minimaxAttends(json),
            new LightningAttention(json.requiredInt("num_attention_heads"), headDim))
        .feedForward(shared == 0 ? routed : routed.withShared(FeedForwards.gated(json, shared)))
        .build();
  }

  /** The converted checkpoints say it by {@code layer_types}. */
  private static IntPredicate minimaxAttends(JsonFields json) {
    if (json.has("layer_types")) {
      return LayerSpans.are(json, LayerSpans.FULL, "linear_attention", any -> false);
    }
    List<Integer> types = json.requiredInts("attn_type_list");
    if (types.size() != Sizes.layers(json)) {
      throw json.invalid(
          "attn_type_list",
          String.format(
              Locale.ROOT,
              "must hold num_hidden_layers (%d) numbers, but holds %d",
              Sizes.layers(json),
              types.size()));
    }
    return layer -> types.get(layer) == 1;
  }

  /**
   * Puzzle, arXiv:2411.19146: Llama whose layers a search has pruned: fewer key and value heads, no
   * attention, a narrower feed-forward or none. {@code block_configs} has an object for each.
   */
  private static Architecture nemotronNas(JsonFields json) {
    List<JsonFields> blocks = json.requiredObjects("block_configs");
    int heads = json.requiredInt("num_attention_heads");
    int headDim = Sizes.headDim(json);
    Rope rope = RopeReader.of(json, NEMOTRON_NAS).whole(headDim);
    return new DecoderBuilder(json, NEMOTRON_NAS)
        .layers(blocks.size())
        .mixers(
            layer -> nasMixers(blocks.get(layer).requiredObject("attention"), heads, headDim, rope))
        .feedForward(layer -> nasFeedForward(json, blocks.get(layer).requiredObject("ffn")))
        .norms(Norm.RMS, layer -> nasNorms(blocks.get(layer)))
        .build();
  }

  private static List<TokenMixer> nasMixers(
      JsonFields attention, int heads, int headDim, Rope rope) {
    Sizes.refuse(attention, "replace_with_linear", true, false);
    if (attention.booleanOr("no_op", false)) {
      return List.of();
    }
    int group = Sizes.interval(attention, "n_heads_in_group", 1);
    return List.of(
        new GroupedQueryAttention(
            heads,
            heads / group,
            headDim,
            false,
            false,
            QueryKeyNorm.NONE,
            rope,
            GroupedQueryAttention.ScoreTerms.NONE,
            LayerSpans.ofAttendingLayers(1).getFirst()));
  }

  private static FeedForward nasFeedForward(JsonFields json, JsonFields ffn) {
    Sizes.refuse(ffn, "replace_with_linear", true, false);
    if (ffn.booleanOr("no_op", false)) {
      return new FeedForward.None();
    }
    double factor = Sizes.positive(ffn, "ffn_mult", 1);
    return FeedForwards.gated(
        json, roundedUp((int) (2 * factor * Sizes.hidden(json) / 3), NAS_MULTIPLE));
  }

  private static LayerNorms nasNorms(JsonFields block) {
    boolean attends = !block.requiredObject("attention").booleanOr("no_op", false);
    boolean feeds = !block.requiredObject("ffn").booleanOr("no_op", false);
    return new LayerNorms(Norm.RMS, attends, false, feeds, false, false, false);
  }
}
