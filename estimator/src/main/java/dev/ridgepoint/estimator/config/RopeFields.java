package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.util.Set;

/**
 * The rotary embedding's fields of a Hugging Face config, in both spellings: {@code rope_theta} and
 * {@code rope_scaling} beside the other fields, or all of them in {@code rope_parameters}
 * (transformers 5).
 *
 * @param theta base of the frequencies
 * @param scaling how they are stretched
 */
record RopeFields(double theta, RopeScaling scaling) {
  /** Su et al. 2021, arXiv:2104.09864, section 3.2.2. */
  private static final double DEFAULT_THETA = 10_000;

  private static final Set<String> KNOWN =
      Set.of(
          "rope_type",
          "type",
          "rope_theta",
          "partial_rotary_factor",
          "factor",
          "low_freq_factor",
          "high_freq_factor",
          "original_max_position_embeddings");

  static RopeFields of(JsonFields json) {
    requireFullRotation(json);
    if (json.has("rope_scaling") && json.has("rope_parameters")) {
      throw json.invalid("rope_scaling", "and rope_parameters are both present");
    }
    if (json.has("rope_scaling")) {
      JsonFields rope = json.requiredObject("rope_scaling");
      return new RopeFields(theta(json, rope), scaling(rope));
    }
    if (json.has("rope_parameters")) {
      JsonFields rope = json.requiredObject("rope_parameters");
      return new RopeFields(theta(json, rope), scaling(rope));
    }
    return new RopeFields(json.doubleOr("rope_theta", DEFAULT_THETA), new RopeScaling.None());
  }

  private static double theta(JsonFields json, JsonFields rope) {
    double outer = json.doubleOr("rope_theta", DEFAULT_THETA);
    double inner = rope.doubleOr("rope_theta", outer);
    if (json.has("rope_theta") && inner != outer) {
      throw rope.invalid("rope_theta", "is " + inner + ", but rope_theta is " + outer);
    }
    return inner;
  }

  private static RopeScaling scaling(JsonFields rope) {
    String type = type(rope);
    RopeScaling scaling;
    try {
      scaling =
          switch (type) {
            case "default" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(rope.requiredDouble("factor"));
            case "llama3" ->
                new RopeScaling.Llama3(
                    rope.requiredDouble("factor"),
                    rope.requiredDouble("low_freq_factor"),
                    rope.requiredDouble("high_freq_factor"),
                    rope.requiredInt("original_max_position_embeddings"));
            default ->
                throw rope.invalid(
                    "rope_type",
                    "\"%s\" is not supported; supported are default, linear, llama3"
                        .formatted(StrictJson.cut(type)));
          };
    } catch (IllegalArgumentException e) {
      throw rope.invalid(e);
    }
    rope.requireOnly(KNOWN);
    requireFullRotation(rope);
    return scaling;
  }

  private static String type(JsonFields rope) {
    if (!rope.has("rope_type") && !rope.has("type")) {
      if (rope.has("factor")) {
        throw rope.invalid("rope_type", "is missing");
      }
      return "default";
    }
    String type = rope.stringOr("type", rope.stringOr("rope_type", ""));
    if (!rope.stringOr("rope_type", type).equals(type)) {
      throw rope.invalid("type", "is \"%s\", but rope_type is another".formatted(type));
    }
    return type;
  }

  private static void requireFullRotation(JsonFields json) {
    double fraction = json.doubleOr("partial_rotary_factor", 1);
    if (fraction != 1) {
      throw json.invalid("partial_rotary_factor", "must be 1, but is " + fraction);
    }
  }
}
