package dev.ridgepoint.estimator.training;

import static java.lang.Math.ceilDiv;
import static java.lang.Math.multiplyExact;

/**
 * Numbers that training keeps from step to step.
 *
 * @param kind what ZeRO knows them as
 * @param name what they are
 * @param elements how many
 * @param bytesPerElement of each
 */
public record ModelState(Kind kind, String name, long elements, int bytesPerElement) {
  /** The kinds that ZeRO treats differently. */
  public enum Kind {
    /** What the forward pass reads. */
    WEIGHTS,
    /** What the backward pass writes. */
    GRADIENTS,
    /** What only the optimizer touches: its moments, and the master weights. */
    OPTIMIZER
  }

  /** Bytes of all. */
  public long bytes() {
    return multiplyExact(elements, (long) bytesPerElement);
  }

  /** Bytes of the largest of {@code ranks} equal shards. */
  public long shardBytes(int ranks) {
    return multiplyExact(ceilDiv(elements, (long) ranks), (long) bytesPerElement);
  }
}
