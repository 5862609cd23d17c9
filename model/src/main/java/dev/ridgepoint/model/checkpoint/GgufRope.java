package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The rotary positions that a GGUF file says, in keys and in tensors.
 *
 * @param files the opened files
 * @param fields their metadata
 * @param architecture the files'
 */
record GgufRope(TensorFiles files, GgufFields fields, GgufArchitecture architecture) {
  static final String LONG_DIVISORS = "rope_factors_long.weight";
  static final String SHORT_DIVISORS = "rope_factors_short.weight";

  /** Elements of a head. */
  int headDim() {
    GgufKeys keys = architecture.keys();
    int embeddingLength = fields.requiredInt(keys.embeddingLength());
    int headCount = fields.requiredInt(keys.headCount());
    OptionalInt keyLength = fields.optionalInt(keys.keyLength());
    if (keyLength.isEmpty() && (headCount == 0 || embeddingLength % headCount != 0)) {
      throw fields.invalid(
          keys.headCount(),
          String.format(
              Locale.ROOT,
              "is %d, of which \"%s\" %d is no multiple",
              headCount,
              keys.embeddingLength(),
              embeddingLength));
    }
    int headDim = keyLength.orElseGet(() -> embeddingLength / headCount);
    requireHeadDim(keys.valueLength(), headDim);
    if (!architecture.has(GgufArchitecture.Trait.ROTATED_PART)) {
      requireHeadDim(keys.ropeDimensionCount(), headDim);
    }
    return headDim;
  }

  private void requireHeadDim(String key, int headDim) {
    int value = fields.optionalInt(key).orElse(headDim);
    if (value != headDim) {
      throw fields.invalid(
          key,
          String.format(Locale.ROOT, "must be %d as a head's keys, but is %d", headDim, value));
    }
  }

  /**
   * A layer's positions as the file has them.
   *
   * @param family what the family's config makes of the base; none in layers without positions
   */
  Rope asInFile(Rope family) {
    if (family.equals(Rope.NONE)) {
      return family;
    }
    int dim = fields.optionalInt(architecture.keys().ropeDimensionCount()).orElseGet(this::headDim);
    try {
      return new Rope(dim, family.theta(), scaling(dim / 2));
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(files.header().source(), e.getMessage(), e);
    }
  }

  private RopeScaling scaling(int pairs) {
    GgufKeys keys = architecture.keys();
    String type = fields.text(keys.ropeScalingType()).orElse("none");
    double factor =
        fields.doubleOr(keys.ropeScalingFactor(), fields.doubleOr(keys.ropeScaleLinear(), 1));
    RopeScaling scaling =
        switch (type) {
          // Some files say so of LongRoPE, whose divisors are tensors.
          case "none", "longrope" -> new RopeScaling.None();
          case "linear" -> factor == 1 ? new RopeScaling.None() : new RopeScaling.Linear(factor);
          case "yarn" -> yarn(factor);
          default ->
              throw fields.invalid(
                  keys.ropeScalingType(),
                  "is %s, which is not supported; supported are none, linear, yarn, longrope"
                      .formatted(OneLine.quote(type)));
        };
    if (has(LONG_DIVISORS) && has(SHORT_DIVISORS)) {
      double magnitude = fields.doubleOr(keys.ropeScalingAttentionFactor(), 1);
      return new RopeScaling.LongRope(
          divisors(SHORT_DIVISORS, pairs, scaling),
          divisors(LONG_DIVISORS, pairs, scaling),
          fields.requiredInt(keys.ropeScalingOriginalContext()),
          magnitude,
          magnitude);
    }
    for (String lone : List.of(LONG_DIVISORS, SHORT_DIVISORS)) {
      if (has(lone)) {
        throw new InvalidInputException(
            files.header().source(), "tensor \"%s\" is there without the other".formatted(lone));
      }
    }
    return has(GgufLayout.ROPE_DIVISORS)
        ? new RopeScaling.Divided(divisors(GgufLayout.ROPE_DIVISORS, pairs, scaling))
        : scaling;
  }

  /** llama.cpp reads no bounds of the ramp, and multiplies the magnitude with a factor. */
  private RopeScaling yarn(double factor) {
    GgufKeys keys = architecture.keys();
    int original =
        fields
            .optionalInt(keys.ropeScalingOriginalContext())
            .orElseGet(() -> fields.requiredBound(keys.contextLength()));
    return RopeScaling.Yarn.usual(
        factor, original, fields.doubleOr(keys.ropeScalingAttentionFactor(), 1));
  }

  private boolean has(String tensor) {
    return files.info(tensor).isPresent();
  }

  /** A number for each pair, beside which there may be no other scaling. */
  private List<Double> divisors(String name, int pairs, RopeScaling other) {
    List<Long> shape = List.of((long) pairs);
    List<Long> inFile = files.info(name).orElseThrow().shape();
    if (!(other instanceof RopeScaling.None) || !inFile.equals(shape)) {
      throw new InvalidInputException(
          files.header().source(),
          "tensor \"%s\" has shape %s, but %s and no other scaling is supported"
              .formatted(name, inFile, shape));
    }
    Tensor values = files.tensor(name, shape).orElseThrow();
    return IntStream.range(0, pairs).mapToObj(i -> (double) values.get(i)).toList();
  }
}
