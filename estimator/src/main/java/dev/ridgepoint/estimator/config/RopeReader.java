package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Limits;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Reads rotary positions in both spellings: {@code rope_theta} and {@code rope_scaling} beside the
 * other fields, or all of them in {@code rope_parameters} (transformers 5). Fields that contradict
 * each other, or that change the frequencies in a way that is not known here, are refused. The
 * formulas are those of {@code modeling_rope_utils.py} in the transformers library.
 */
final class RopeReader {
  private static final String FRACTION = "partial_rotary_factor";
  private static final String ORIGINAL = "original_max_position_embeddings";

  /** What vLLM and llama.cpp multiply YaRN's own factor with; DeepSeek undoes it so. */
  private static final String ATTENTION_FACTOR_BESIDES = "attn_factor";

  /** {@code finetuned} says of the weights that they were trained with the scaling. */
  private static final Set<String> KNOWN =
      Set.of(
          "rope_type",
          "type",
          "rope_theta",
          FRACTION,
          "factor",
          ORIGINAL,
          "low_freq_factor",
          "high_freq_factor",
          "attention_factor",
          ATTENTION_FACTOR_BESIDES,
          "finetuned",
          "beta_fast",
          "beta_slow",
          "mscale",
          "mscale_all_dim",
          "truncate",
          "short_factor",
          "long_factor",
          "short_mscale",
          "long_mscale");

  /** Which pairs turn by time, height and width: of a text's token the three are equal. */
  private static final Set<String> OF_IMAGES = Set.of("mrope_section", "mrope_interleaved");

  private final JsonFields json;
  private final Defaults defaults;
  private final String thetaField;
  private final Optional<JsonFields> nested;
  private boolean mayBeOfImages;

  private RopeReader(
      JsonFields json, Defaults defaults, String thetaField, Optional<JsonFields> nested) {
    this.json = json;
    this.defaults = defaults;
    this.thetaField = thetaField;
    this.nested = nested;
  }

  /** The base of the frequencies is {@code rope_theta}. */
  static RopeReader of(JsonFields json, Defaults defaults) {
    return of(json, defaults, "rope_theta");
  }

  /** The base of the frequencies has a name of its own. */
  static RopeReader of(JsonFields json, Defaults defaults, String thetaField) {
    return new RopeReader(json, defaults, thetaField, nested(json));
  }

  /**
   * Where {@code rope_parameters} has an object for each type of layer, the one of {@code
   * layerType}; empty where it has none.
   */
  static Optional<RopeReader> ofLayers(JsonFields json, Defaults defaults, String layerType) {
    return nested(json)
        .filter(rope -> rope.has(layerType))
        .map(rope -> Optional.of(rope.requiredObject(layerType)))
        .map(rope -> new RopeReader(json, defaults, "rope_theta", rope));
  }

  /** Also reads how the positions of images are split, which those of a text do not need. */
  RopeReader withImages() {
    mayBeOfImages = true;
    return this;
  }

  /** Positions of whole heads. */
  Rope whole(int headDim) {
    double fraction = fraction(1);
    if (fraction != 1) {
      throw (nested.isPresent() && nested.get().has(FRACTION) ? nested.get() : json)
          .invalid(FRACTION, "must be 1 in this family, but is " + fraction);
    }
    Limits.require(
        headDim % 2 == 0, "head_dim", headDim, "must be even, because RoPE rotates pairs");
    return ofDim(headDim);
  }

  /** Positions of the first part of each head, {@code defaultFraction} of it if not said. */
  Rope part(int headDim, double defaultFraction) {
    return ofDim((int) (headDim * fraction(defaultFraction)));
  }

  /** Positions of {@code dim} elements. */
  Rope ofDim(int dim) {
    return new Rope(
        dim,
        theta(),
        nested.map(rope -> scaling(rope, dim)).orElseGet(() -> new RopeScaling.None()));
  }

  private static Optional<JsonFields> nested(JsonFields json) {
    if (json.has("rope_scaling") && json.has("rope_parameters")) {
      throw json.invalid("rope_scaling", "and rope_parameters are both present");
    }
    if (json.has("rope_scaling")) {
      return Optional.of(json.requiredObject("rope_scaling"));
    }
    return json.has("rope_parameters")
        ? Optional.of(json.requiredObject("rope_parameters"))
        : Optional.empty();
  }

  private double theta() {
    double outer = Sizes.positive(json, thetaField, defaults.ropeTheta());
    if (nested.isEmpty() || !nested.get().has("rope_theta")) {
      return outer;
    }
    double inner = nested.get().requiredDouble("rope_theta");
    if (json.has(thetaField) && inner != outer) {
      throw nested
          .get()
          .invalid("rope_theta", "is " + inner + ", but " + thetaField + " is " + outer);
    }
    return inner;
  }

  private double fraction(double absent) {
    double fraction = json.doubleOr(FRACTION, absent);
    if (nested.isPresent()) {
      fraction = nested.get().doubleOr(FRACTION, fraction);
    }
    if (!(fraction >= 0 && fraction <= 1)) {
      throw json.invalid(FRACTION, "must lie in 0..1, but is " + fraction);
    }
    return fraction;
  }

  private RopeScaling scaling(JsonFields rope, int dim) {
    String type = type(rope);
    RopeScaling scaling;
    try {
      scaling =
          switch (type) {
            // Gemma 4's name for a part of each head, whose base its family adapts.
            case "default", "mrope", "proportional" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(rope.requiredDouble("factor"));
            case "dynamic" ->
                new RopeScaling.Dynamic(rope.requiredDouble("factor"), original(rope));
            case "yarn" -> yarn(rope);
            case "llama3" ->
                new RopeScaling.Llama3(
                    rope.requiredDouble("factor"),
                    rope.requiredDouble("low_freq_factor"),
                    rope.requiredDouble("high_freq_factor"),
                    rope.requiredInt(ORIGINAL));
            // Phi-3's first name for it.
            case "longrope", "su" -> longRope(rope, dim);
            default ->
                throw rope.invalid(
                    "rope_type",
                    "\"%s\" is not supported; supported are default, linear, dynamic, yarn, llama3, longrope"
                        .formatted(StrictJson.cut(type)));
          };
    } catch (IllegalArgumentException e) {
      throw rope.invalid(e);
    }
    Set<String> known = new HashSet<>(KNOWN);
    if (mayBeOfImages) {
      known.addAll(OF_IMAGES);
    }
    rope.requireOnly(known);
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
      throw rope.invalid(
          "type", "is \"%s\", but rope_type is another".formatted(StrictJson.cut(type)));
    }
    return type;
  }

  private RopeScaling yarn(JsonFields rope) {
    double factor = rope.requiredDouble("factor");
    double weight = rope.doubleOr("mscale", 0);
    double weightOfAll = rope.doubleOr("mscale_all_dim", 0);
    double magnitude =
        weight != 0 && weightOfAll != 0
            ? RopeScaling.Yarn.magnitude(factor, weight)
                / RopeScaling.Yarn.magnitude(factor, weightOfAll)
            : RopeScaling.Yarn.magnitude(factor, 1);
    return new RopeScaling.Yarn(
        factor,
        original(rope),
        rope.doubleOr("beta_fast", RopeScaling.Yarn.USUAL_BETA_FAST),
        rope.doubleOr("beta_slow", RopeScaling.Yarn.USUAL_BETA_SLOW),
        rope.doubleOr("attention_factor", magnitude * rope.doubleOr(ATTENTION_FACTOR_BESIDES, 1)),
        rope.booleanOr("truncate", true));
  }

  private RopeScaling longRope(JsonFields rope, int dim) {
    int original = json.intOr(ORIGINAL, original(rope));
    double factor =
        json.has(ORIGINAL) || rope.has(ORIGINAL)
            ? (double) maxPositions() / original
            : rope.doubleOr("factor", 1);
    double computed = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
    double attentionFactor = rope.doubleOr("attention_factor", computed);
    return new RopeScaling.LongRope(
        divisors(rope, "short_factor", dim),
        divisors(rope, "long_factor", dim),
        original,
        rope.doubleOr("short_mscale", attentionFactor),
        rope.doubleOr("long_mscale", attentionFactor));
  }

  private static List<Double> divisors(JsonFields rope, String field, int dim) {
    List<Double> divisors = rope.requiredDoubles(field);
    if (divisors.size() != dim / 2) {
      throw rope.invalid(
          field,
          String.format(
              Locale.ROOT,
              "must hold a number for each of %d pairs, but holds %d",
              dim / 2,
              divisors.size()));
    }
    return divisors;
  }

  private int original(JsonFields rope) {
    return rope.intOr(ORIGINAL, maxPositions());
  }

  private int maxPositions() {
    return json.intOr("max_position_embeddings", defaults.maxPositions());
  }
}
