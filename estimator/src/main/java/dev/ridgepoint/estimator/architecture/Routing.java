package dev.ridgepoint.estimator.architecture;

import java.util.Objects;

/**
 * How a router's scores become a token's choice of experts and their weights. The {@code k} best
 * are chosen; a softmax of the chosen scores alone is a softmax of all whose chosen weights are
 * divided by their sum.
 *
 * @param scoring what a score counts as
 * @param bias what the router's bias is added to
 * @param isNormalized whether the weights of a token's experts are divided by their sum
 * @param groups that experts lie in, as many in each; 1 if there are none (DeepSeek-V2,
 *     arXiv:2405.04434)
 * @param groupsPerToken the best groups, among whose experts a token chooses
 * @param expertsPerGroupScore the best experts of a group, whose sum decides among groups
 * @param scale of all weights
 */
public record Routing(
    Scoring scoring,
    Bias bias,
    boolean isNormalized,
    int groups,
    int groupsPerToken,
    int expertsPerGroupScore,
    double scale) {
  /** A softmax of all scores. */
  public static final Routing SOFTMAX = new Routing(Scoring.SOFTMAX, Bias.NONE, false, 1, 1, 1, 1);

  /** The same, with weights whose sum is 1. */
  public static final Routing NORMALIZED_SOFTMAX = SOFTMAX.normalized(true);

  /** A sigmoid of each score. */
  public static final Routing SIGMOID = new Routing(Scoring.SIGMOID, Bias.NONE, false, 1, 1, 1, 1);

  /** What a score counts as. */
  public enum Scoring {
    /** Its share in the softmax of all. */
    SOFTMAX,
    /** Its sigmoid (DeepSeek-V3, arXiv:2412.19437). */
    SIGMOID
  }

  /** What the router's bias is added to. */
  public enum Bias {
    NONE,
    /** The scores (gpt-oss). */
    SCORES,
    /** What experts are chosen by, and not their weights (DeepSeek-V3). */
    CHOICE
  }

  /**
   * @throws IllegalArgumentException one line with the field and its value
   */
  public Routing {
    Objects.requireNonNull(scoring, "scoring");
    Objects.requireNonNull(bias, "bias");
    Limits.requireSize("n_group", groups, Limits.MAX_EXPERTS);
    Limits.requireSize("topk_group", groupsPerToken, groups);
    Limits.requirePositive("routed_scaling_factor", scale);
  }

  /** The same with a bias. */
  public Routing withBias(Bias other) {
    return new Routing(
        scoring, other, isNormalized, groups, groupsPerToken, expertsPerGroupScore, scale);
  }

  /** The same with weights that are divided by their sum, or not. */
  public Routing normalized(boolean normalized) {
    return new Routing(
        scoring, bias, normalized, groups, groupsPerToken, expertsPerGroupScore, scale);
  }

  /** The same among the best of some groups. */
  public Routing ofGroups(int number, int perToken, int expertsPerScore) {
    return new Routing(scoring, bias, isNormalized, number, perToken, expertsPerScore, scale);
  }

  /** The same with scaled weights. */
  public Routing scaled(double factor) {
    return new Routing(
        scoring, bias, isNormalized, groups, groupsPerToken, expertsPerGroupScore, factor);
  }
}
