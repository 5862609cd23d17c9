package dev.ridgepoint.estimator.serving;

import static dev.ridgepoint.estimator.input.Checks.require;
import static dev.ridgepoint.estimator.input.Checks.requirePositive;

/**
 * How the devices of a replica share a model. With more expert-parallel than tensor-parallel
 * devices, as many groups of the latter attend to sequences of their own, and their tokens meet at
 * the experts (vLLM's {@code --enable-expert-parallel}, whose experts are divided among {@code
 * --tensor-parallel-size} times {@code --data-parallel-size} devices; SGLang's {@code --ep-size}).
 * With fewer, each expert is cut among several devices.
 *
 * @param tensorParallel devices that share every layer but the experts, t
 * @param expertParallel devices, or groups of them, that have experts of their own, e; 1 if all
 *     have a part of each
 */
public record ServingLayout(int tensorParallel, int expertParallel) {
  public ServingLayout {
    requirePositive("layout", "tensorParallel", tensorParallel);
    requirePositive("layout", "expertParallel", expertParallel);
    require(
        tensorParallel % expertParallel == 0 || expertParallel % tensorParallel == 0,
        "layout",
        "expertParallel",
        expertParallel,
        "must be a multiple or a divisor of tensorParallel, " + tensorParallel);
  }

  /** Tensor parallelism alone. */
  public static ServingLayout tensor(int devices) {
    return new ServingLayout(devices, 1);
  }

  /** All devices. */
  public int devices() {
    return Math.max(tensorParallel, expertParallel);
  }

  /** Groups that attend to sequences of their own. */
  public int attentionGroups() {
    return devices() / tensorParallel;
  }

  /** The sequences of the busiest group, of {@code sequences} in all. */
  int ofGroup(int sequences) {
    return Math.ceilDiv(sequences, attentionGroups());
  }

  /** The number of devices, such as {@code 8} or {@code 8 (tp 2, ep 8)}. */
  @Override
  public String toString() {
    return expertParallel == 1
        ? Integer.toString(tensorParallel)
        : devices() + " (tp " + tensorParallel + ", ep " + expertParallel + ")";
  }
}
