package dev.ridgepoint.estimator.cluster;

import static dev.ridgepoint.estimator.input.Checks.requireNotNegative;
import static dev.ridgepoint.estimator.input.Checks.requirePositive;

/**
 * What one device sends through.
 *
 * @param name such as {@code NVLink 4}
 * @param bytesPerSecond in one direction; vendors print both directions together, which is twice
 * @param latencySeconds from one device to the next, software included
 */
public record Link(String name, double bytesPerSecond, double latencySeconds) {
  public Link {
    requirePositive(name, "bytesPerSecond", bytesPerSecond);
    requireNotNegative(name, "latencySeconds", latencySeconds);
  }
}
