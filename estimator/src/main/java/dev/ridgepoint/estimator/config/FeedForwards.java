package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.Limits;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;

/** Feed-forwards under the names that most families have for their fields. */
final class FeedForwards {
  private FeedForwards() {}

  /** Gated, of {@code intermediate_size} and {@code hidden_act}, SiLU where that is absent. */
  static DenseFeedForward gated(JsonFields json, boolean bias) {
    return new DenseFeedForward(
        json.requiredInt("intermediate_size"), true, activation(json, "hidden_act", "silu"), bias);
  }

  /** Gated, of {@code hidden_act}, SiLU where that is absent. */
  static DenseFeedForward gated(JsonFields json, int intermediate) {
    return new DenseFeedForward(intermediate, true, activation(json, "hidden_act", "silu"), false);
  }

  /** Gated experts, of which each token passes {@code num_experts_per_tok}. */
  static MixtureOfExperts experts(JsonFields json, String numberField, String intermediateField) {
    return experts(json, numberField, "num_experts_per_tok", intermediateField);
  }

  /** Gated experts under a family's own names for their fields. */
  static MixtureOfExperts experts(
      JsonFields json, String numberField, String perTokenField, String intermediateField) {
    return new MixtureOfExperts(
        json.requiredInt(numberField),
        json.requiredInt(perTokenField),
        gated(json, json.requiredInt(intermediateField)));
  }

  /** With a shared expert as wide as {@code numberField} of the routed ones. */
  static MixtureOfExperts withShared(
      JsonFields json, String numberField, int absent, MixtureOfExperts routed) {
    int shared = json.intOr(numberField, absent);
    int intermediate = routed.expert().intermediateSize();
    Limits.requireSizeOrNone(numberField, shared, Limits.MAX_EXPERTS);
    Limits.require(
        (long) shared * intermediate <= Limits.MAX_INTERMEDIATE,
        numberField,
        shared,
        "times the width of an expert must be at most " + Limits.MAX_INTERMEDIATE);
    return shared == 0
        ? routed
        : routed.withShared(routed.expert().withIntermediateSize(shared * intermediate));
  }

  /** Two projections, of {@code intermediate_size} and {@code hidden_act}. */
  static DenseFeedForward plain(JsonFields json, String defaultActivation, boolean bias) {
    return new DenseFeedForward(
        json.requiredInt("intermediate_size"),
        false,
        activation(json, "hidden_act", defaultActivation),
        bias);
  }

  /** A nonlinearity by transformers' name for it. */
  static Activation activation(JsonFields json, String field, String absent) {
    String name = json.stringOr(field, absent);
    return switch (name) {
      case "silu", "swish" -> Activation.SILU;
      case "gelu" -> Activation.GELU;
      case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> Activation.GELU_TANH;
      case "quick_gelu" -> Activation.QUICK_GELU;
      case "relu" -> Activation.RELU;
      case "relu2" -> Activation.RELU_SQUARED;
      case "xielu" -> Activation.XIELU;
      default ->
          throw json.invalid(field, "\"%s\" is not supported".formatted(StrictJson.cut(name)));
    };
  }
}
