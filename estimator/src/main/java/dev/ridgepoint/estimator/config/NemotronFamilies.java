package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.Mamba2;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** Nemotron-H, whose config has a letter for each layer. */
final class NemotronFamilies {
  // Of the configuration class.
  private static final Defaults DEFAULTS = new Defaults(4_096, 1e-5, 0);

  private NemotronFamilies() {}

  static Map<String, Family> all() {
    return Map.of("nemotron_h", NemotronFamilies::decoder);
  }

  /**
   * arXiv:2504.03624, arXiv:2508.14444: each layer is a state space, an attention without
   * positions, a feed-forward or experts, as a letter of the pattern says.
   */
  private static Architecture decoder(JsonFields json) {
    String pattern = pattern(json);
    int groups = json.intOr("n_groups", 8);
    Mamba2 mamba =
        new Mamba2(
            json.requiredInt("mamba_num_heads"),
            json.requiredInt("mamba_head_dim"),
            json.intOr("ssm_state_size", 128),
            groups,
            json.intOr("conv_kernel", StateSpaceFamilies.USUAL_KERNEL),
            json.booleanOr("use_conv_bias", true),
            json.booleanOr("use_bias", false),
            groups);
    DecoderBuilder builder = new DecoderBuilder(json, DEFAULTS);
    LayerNorms ofMixer = LayerNorms.shared(Norm.RMS);
    LayerNorms ofFeedForward = LayerNorms.beforeFeedForward(Norm.RMS);
    return builder
        .layers(pattern.length())
        .keyValueHeads(json.intOr("num_key_value_heads", 8))
        .headDim(json.intOr("head_dim", json.intOr("attention_head_dim", 128)))
        .attentionBias(json.booleanOr("attention_bias", false))
        .rope(Rope.NONE)
        .spans(LayerSpans.ofAttendingLayers(pattern.length()))
        .mixers(
            layer ->
                switch (letter(json, pattern, layer)) {
                  case 'M' -> List.of(mamba);
                  case '*' -> List.of(builder.attention(layer));
                  default -> List.of();
                })
        .feedForward(feedForwards(json, pattern))
        .norms(Norm.RMS, layer -> "M*".indexOf(pattern.charAt(layer)) < 0 ? ofFeedForward : ofMixer)
        .epsilon("layer_norm_epsilon")
        .build();
  }

  /** A letter for each layer; later configs spell their names out. */
  private static String pattern(JsonFields json) {
    if (!json.has("layers_block_type")) {
      return json.requiredString("hybrid_override_pattern");
    }
    StringBuilder pattern = new StringBuilder();
    for (String type : json.requiredStrings("layers_block_type")) {
      pattern.append(
          switch (type) {
            case "mamba" -> 'M';
            case "attention" -> '*';
            case "mlp" -> '-';
            case "moe" -> 'E';
            default ->
                throw json.invalid(
                    "layers_block_type", "\"%s\" is not supported".formatted(StrictJson.cut(type)));
          });
    }
    return pattern.toString();
  }

  private static char letter(JsonFields json, String pattern, int layer) {
    char letter = pattern.charAt(layer);
    if ("M*-E".indexOf(letter) < 0) {
      throw json.invalid(
          "hybrid_override_pattern",
          "must hold M, *, - and E alone, but holds " + StrictJson.cut(String.valueOf(letter)));
    }
    return letter;
  }

  private static IntFunction<FeedForward> feedForwards(JsonFields json, String pattern) {
    boolean bias = json.booleanOr("mlp_bias", false);
    return layer ->
        switch (letter(json, pattern, layer)) {
          case '-' -> feedForward(json, "intermediate_size", bias);
          case 'E' ->
              new MixtureOfExperts(
                      json.requiredInt("n_routed_experts"),
                      json.requiredInt("num_experts_per_tok"),
                      feedForward(json, "moe_intermediate_size", bias))
                  .withShared(feedForward(json, "moe_shared_expert_intermediate_size", bias))
                  .withRouting(Routings.corrected(json, 1));
          default -> new FeedForward.None();
        };
  }

  private static DenseFeedForward feedForward(JsonFields json, String width, boolean bias) {
    return new DenseFeedForward(
        json.requiredInt(width),
        false,
        FeedForwards.activation(json, "mlp_hidden_act", "relu2"),
        bias);
  }
}
