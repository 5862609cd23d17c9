package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Routing;
import dev.ridgepoint.estimator.architecture.Routing.Bias;
import dev.ridgepoint.estimator.input.JsonFields;

/** Routers under the names that most families have for their fields. */
final class Routings {
  private Routings() {}

  /** A softmax of all scores; {@code norm_topk_prob} says whether the weights have the sum 1. */
  static Routing softmax(JsonFields json) {
    return softmax(json, false);
  }

  /** The same, with what {@code norm_topk_prob} is where it is absent. */
  static Routing softmax(JsonFields json, boolean isNormalized) {
    return Routing.SOFTMAX.normalized(json.booleanOr("norm_topk_prob", isNormalized));
  }

  /** DeepSeek and DeepSeek-V2: a softmax, in which the best expert of a group decides for it. */
  static Routing deepSeek(JsonFields json) {
    Routing routing = softmax(json).scaled(scale(json, 1));
    boolean hasGroups = json.stringOr("topk_method", "greedy").equals("group_limited_greedy");
    return hasGroups
        ? routing.ofGroups(json.requiredInt("n_group"), json.requiredInt("topk_group"), 1)
        : routing;
  }

  /**
   * DeepSeek-V3 and those built like it: a sigmoid of each score with a correction for the choice;
   * the two best experts of a group decide for it.
   *
   * @param scale of the weights where a config does not say it
   */
  static Routing corrected(JsonFields json, double scale) {
    return Routing.SIGMOID
        .withBias(Bias.CHOICE)
        .normalized(json.booleanOr("norm_topk_prob", true))
        .ofGroups(json.intOr("n_group", 1), json.intOr("topk_group", 1), 2)
        .scaled(scale(json, scale));
  }

  private static double scale(JsonFields json, double absent) {
    return Sizes.positive(json, "routed_scaling_factor", absent);
  }
}
