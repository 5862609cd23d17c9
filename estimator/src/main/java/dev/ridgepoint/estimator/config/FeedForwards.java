package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
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
      default ->
          throw json.invalid(field, "\"%s\" is not supported".formatted(StrictJson.cut(name)));
    };
  }
}
