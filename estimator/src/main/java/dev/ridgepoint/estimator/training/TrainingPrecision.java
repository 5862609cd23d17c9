package dev.ridgepoint.estimator.training;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.Arrays;

/**
 * The bytes of each number that training keeps. Sources: Micikevicius et al. 2017, arXiv:1710.03740
 * (half-precision weights with an fp32 master copy); Rajbhandari et al. 2020, arXiv:1910.02054,
 * section 3.1 (16 bytes per parameter with Adam).
 */
public enum TrainingPrecision {
  /** Everything in fp32; there is no second copy of the weights. */
  FP32("fp32", 4, 4, 0, 4),
  /** bf16 weights, gradients and activations; fp32 master weights. */
  MIXED_BF16("bf16", 2, 2, 4, 2),
  /** fp16 weights, gradients and activations with loss scaling; fp32 master weights. */
  MIXED_FP16("fp16", 2, 2, 4, 2),
  /** As {@link #MIXED_BF16}, but gradients are kept and accumulated in fp32, as Megatron does. */
  MIXED_BF16_FP32_GRADIENTS("bf16-fp32-gradients", 2, 4, 4, 2);

  private final String label;
  private final int weightBytes;
  private final int gradientBytes;
  private final int masterBytes;
  private final int activationBytes;

  TrainingPrecision(
      String label, int weightBytes, int gradientBytes, int masterBytes, int activationBytes) {
    this.label = label;
    this.weightBytes = weightBytes;
    this.gradientBytes = gradientBytes;
    this.masterBytes = masterBytes;
    this.activationBytes = activationBytes;
  }

  /**
   * The precision of a name.
   *
   * @param source the flag or file that holds the name
   * @throws InvalidInputException if there is none
   */
  public static TrainingPrecision named(String source, String name) {
    return Arrays.stream(values())
        .filter(precision -> precision.label.equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    source,
                    "training precision \"%s\" is unknown; known are %s"
                        .formatted(name, Arrays.stream(values()).map(p -> p.label).toList())));
  }

  /** Bytes of a weight that the forward pass reads. */
  public int weightBytes() {
    return weightBytes;
  }

  /** Bytes of a gradient. */
  public int gradientBytes() {
    return gradientBytes;
  }

  /** Bytes of a weight's master copy, 0 if there is none. */
  public int masterBytes() {
    return masterBytes;
  }

  /** Bytes of an element of an activation. */
  public int activationBytes() {
    return activationBytes;
  }
}
