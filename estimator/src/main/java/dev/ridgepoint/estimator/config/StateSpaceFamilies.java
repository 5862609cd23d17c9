package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.Limits;
import dev.ridgepoint.estimator.architecture.Mamba;
import dev.ridgepoint.estimator.architecture.Mamba2;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.Routing;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Decoders of state spaces, alone or beside attention. */
final class StateSpaceFamilies {
  // Of the configuration class of each family; Mamba has no limit of positions.
  private static final Defaults MAMBA = new Defaults(Architecture.UNLIMITED_POSITIONS, 1e-5, 0);
  private static final Defaults JAMBA = new Defaults(262_144, 1e-6, 0);
  private static final Defaults BAMBA = new Defaults(262_144, 1e-5, 10_000);
  private static final Defaults FALCON_H1 = new Defaults(8_192, 1e-5, 100_000);

  /** Taps of the convolution before a state space. */
  static final int USUAL_KERNEL = 4;

  private static final double BAMBA_ROTARY_FRACTION = 0.5;

  /**
   * Hidden elements for each of a step's rank, where that is "auto" (arXiv:2312.00752, section
   * 3.6).
   */
  private static final int HIDDEN_PER_STEP_RANK = 16;

  private StateSpaceFamilies() {}

  static Map<String, Family> all() {
    return Map.of(
        "mamba", json -> mamba(json, Norm.NONE),
        "falcon_mamba", json -> mamba(json, Norm.RMS_NON_PARAMETRIC),
        "mamba2", StateSpaceFamilies::mamba2,
        "jamba", StateSpaceFamilies::jamba,
        "bamba", StateSpaceFamilies::bamba,
        "falcon_h1", StateSpaceFamilies::falconH1,
        "granitemoehybrid", StateSpaceFamilies::granite);
  }

  /**
   * arXiv:2312.00752: a norm and a state space in each layer, nothing else.
   *
   * @param norm of the step's latent, of B and of C, which Falcon Mamba has (arXiv:2410.05355)
   */
  private static Architecture mamba(JsonFields json, Norm norm) {
    // Falcon Mamba's config also says an expansion, of eight times its intermediate size.
    int inner =
        json.has("intermediate_size")
            ? json.requiredInt("intermediate_size")
            : inner(json, "expand");
    Mamba mixer =
        new Mamba(
            inner,
            json.intOr("state_size", 16),
            stepRank(json, "time_step_rank"),
            json.intOr("conv_kernel", USUAL_KERNEL),
            json.booleanOr("use_conv_bias", true),
            json.booleanOr("use_bias", false),
            norm);
    return withoutFeedForward(json).mixer(mixer).tiedByDefault().build();
  }

  /** arXiv:2405.21060. */
  private static Architecture mamba2(JsonFields json) {
    int heads = json.requiredInt("num_heads");
    Mamba2 mixer =
        new Mamba2(
            heads,
            json.intOr("head_dim", inner(json, "expand") / heads),
            json.intOr("state_size", 128),
            json.intOr("n_groups", 8),
            json.intOr("conv_kernel", USUAL_KERNEL),
            json.booleanOr("use_conv_bias", true),
            json.booleanOr("use_bias", false),
            1);
    return withoutFeedForward(json).mixer(mixer).build();
  }

  private static DecoderBuilder withoutFeedForward(JsonFields json) {
    return new DecoderBuilder(json, MAMBA)
        .feedForward(new FeedForward.None())
        .norms(LayerNorms.shared(Norm.RMS))
        .epsilon("layer_norm_epsilon");
  }

  /** arXiv:2403.19887: attention without positions in some layers, experts in others. */
  private static Architecture jamba(JsonFields json) {
    Mamba mixer =
        new Mamba(
            inner(json, "mamba_expand"),
            json.intOr("mamba_d_state", 16),
            stepRank(json, "mamba_dt_rank"),
            json.intOr("mamba_d_conv", USUAL_KERNEL),
            json.booleanOr("mamba_conv_bias", true),
            json.booleanOr("mamba_proj_bias", false),
            Norm.RMS);
    IntPredicate attends = periodic(json, "attn_layer_period", 8, "attn_layer_offset", 4);
    IntPredicate hasExperts = periodic(json, "expert_layer_period", 2, "expert_layer_offset", 1);
    boolean isSparse = json.intOr("num_experts", 16) > 1;
    return new DecoderBuilder(json, JAMBA)
        .keyValueHeads(json.intOr("num_key_value_heads", 8))
        .rope(Rope.NONE)
        .mixer(attends, mixer)
        .feedForward(
            layer ->
                isSparse && hasExperts.test(layer)
                    ? FeedForwards.experts(json, "num_experts", "intermediate_size")
                        .withRouting(Routing.SOFTMAX)
                    : FeedForwards.gated(json, false))
        .build();
  }

  /** Layers whose number has such a rest. */
  private static IntPredicate periodic(
      JsonFields json, String period, int usualPeriod, String offset, int usualOffset) {
    int every = Sizes.interval(json, period, usualPeriod);
    int first = json.intOr(offset, usualOffset);
    return layer -> layer % every == first;
  }

  /** IBM 2024, Bamba: half of each head of its few attentions is turned. */
  private static Architecture bamba(JsonFields json) {
    List<Integer> attending =
        json.has("attn_layer_indices") ? json.requiredInts("attn_layer_indices") : List.of();
    return new DecoderBuilder(json, BAMBA)
        .keyValueHeads(json.intOr("num_key_value_heads", 8))
        .attentionBias(json.booleanOr("attention_bias", false))
        .rope(RopeReader.of(json, BAMBA).part(Sizes.headDim(json), BAMBA_ROTARY_FRACTION))
        .mixer(attending::contains, mamba2(json, inner(json, "mamba_expand"), 1))
        .feedForward(FeedForwards.gated(json, json.booleanOr("mlp_bias", false)))
        .build();
  }

  /** arXiv:2507.22448: attention and state space side by side in every layer. */
  private static Architecture falconH1(JsonFields json) {
    int groups = json.intOr("mamba_n_groups", 1);
    int inner =
        json.has("mamba_d_ssm") ? json.requiredInt("mamba_d_ssm") : inner(json, "mamba_expand");
    Mamba2 mamba = mamba2(json, inner, json.booleanOr("mamba_rms_norm", false) ? groups : 0);
    DecoderBuilder builder =
        new DecoderBuilder(json, FALCON_H1)
            .keyValueHeads(json.intOr("num_key_value_heads", 8))
            .attentionBias(json.booleanOr("attention_bias", false))
            .feedForward(FeedForwards.gated(json, json.booleanOr("mlp_bias", false)));
    return builder.mixers(layer -> List.of(builder.attention(layer), mamba)).build();
  }

  /**
   * IBM 2025, Granite 4.0: state spaces or attention in a layer, and beside the experts, if there
   * are any, a feed-forward that every token passes. Positions are turned only where the config
   * says so.
   */
  private static Architecture granite(JsonFields json) {
    IntPredicate attends = LayerSpans.are(json, "attention", "mamba", any -> false);
    boolean turns = json.stringOr("position_embedding_type", "nope").equals("rope");
    DenseFeedForward shared =
        FeedForwards.gated(json, json.requiredInt("shared_intermediate_size"));
    boolean isSparse = json.intOr("num_local_experts", 0) > 0;
    FeedForward feedForward =
        isSparse
            ? FeedForwards.experts(json, "num_local_experts", "intermediate_size")
                .withShared(shared)
            : shared;
    DecoderBuilder builder = LlamaFamilies.graniteBuilder(json);
    if (!turns) {
      builder.rope(Rope.NONE);
    }
    boolean isHybrid = hasLayer(json, layer -> !attends.test(layer));
    builder.spans(LayerSpans.ofAttendingLayers(Sizes.layers(json))).feedForward(feedForward);
    return isHybrid
        ? builder.mixer(attends, mamba2(json, inner(json, "mamba_expand"), 1)).build()
        : builder.build();
  }

  private static boolean hasLayer(JsonFields json, IntPredicate of) {
    return IntStream.range(0, Sizes.layers(json)).anyMatch(of);
  }

  /** As Bamba and those after it spell a Mamba-2. */
  private static Mamba2 mamba2(JsonFields json, int inner, int normGroups) {
    int heads = json.requiredInt("mamba_n_heads");
    return new Mamba2(
        heads,
        json.isNumber("mamba_d_head") ? json.requiredInt("mamba_d_head") : inner / heads,
        json.intOr("mamba_d_state", 256),
        json.intOr("mamba_n_groups", 1),
        json.intOr("mamba_d_conv", USUAL_KERNEL),
        json.booleanOr("mamba_conv_bias", true),
        json.booleanOr("mamba_proj_bias", false),
        normGroups);
  }

  private static int inner(JsonFields json, String expandField) {
    long inner = (long) json.intOr(expandField, 2) * Sizes.hidden(json);
    Limits.require(
        inner >= 1 && inner <= Limits.MAX_INTERMEDIATE,
        expandField,
        json.intOr(expandField, 2),
        "times hidden_size must lie in 1.." + Limits.MAX_INTERMEDIATE);
    return (int) inner;
  }

  private static int stepRank(JsonFields json, String field) {
    return json.isNumber(field)
        ? json.requiredInt(field)
        : Math.ceilDiv(Sizes.hidden(json), HIDDEN_PER_STEP_RANK);
  }
}
