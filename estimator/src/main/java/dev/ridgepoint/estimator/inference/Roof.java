package dev.ridgepoint.estimator.inference;

import dev.ridgepoint.estimator.OperationCost;
import java.math.BigInteger;

/**
 * A device's roofline (Williams et al. 2009, doi:10.1145/1498765.1498785) in whole numbers, so that
 * comparisons are exact.
 *
 * @param flopsPerSecond peak
 * @param bytesPerSecond memory bandwidth
 */
public record Roof(long flopsPerSecond, long bytesPerSecond) {
  /**
   * @throws IllegalArgumentException unless both are positive
   */
  public Roof {
    if (flopsPerSecond < 1 || bytesPerSecond < 1) {
      throw new IllegalArgumentException(
          "a roof of %d FLOP/s and %d B/s; both must be positive"
              .formatted(flopsPerSecond, bytesPerSecond));
    }
  }

  /** FLOPs per byte from which on compute binds. */
  public double ridgePoint() {
    return (double) flopsPerSecond / bytesPerSecond;
  }

  /** Whether {@code cost} takes at least as long to compute as to move: FLOPs BW >= bytes peak. */
  public boolean isComputeBound(OperationCost cost) {
    BigInteger compute =
        BigInteger.valueOf(cost.flops()).multiply(BigInteger.valueOf(bytesPerSecond));
    BigInteger memory =
        BigInteger.valueOf(cost.bytes()).multiply(BigInteger.valueOf(flopsPerSecond));
    return compute.compareTo(memory) >= 0;
  }

  /** Seconds that {@code cost} takes at least: the longer of computing and moving. */
  public double seconds(OperationCost cost) {
    return Math.max((double) cost.flops() / flopsPerSecond, (double) cost.bytes() / bytesPerSecond);
  }
}
