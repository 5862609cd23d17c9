package dev.ridgepoint.bench.calibration;

import dev.ridgepoint.estimator.hardware.KernelCalibration;

/**
 * How fast the machine was at some moment. The clock, the neighbours on a shared machine and where
 * its threads were put change within seconds, so that a number measured then is understood only
 * beside these.
 *
 * @param kernels single kernels, timed
 * @param readBytesPerSecond what plain reads got from the memory
 */
public record Conditions(KernelCalibration kernels, double readBytesPerSecond) {

  public Conditions {
    if (!(readBytesPerSecond > 0) || Double.isInfinite(readBytesPerSecond)) {
      throw new IllegalArgumentException(
          "readBytesPerSecond must be positive, but is " + readBytesPerSecond);
    }
  }

  /** Both moments together: the kernels pooled, the bandwidths averaged. */
  public Conditions and(Conditions other) {
    return new Conditions(
        kernels.and(other.kernels), (readBytesPerSecond + other.readBytesPerSecond) / 2);
  }
}
