package dev.ridgepoint.estimator.serving;

import static dev.ridgepoint.estimator.input.Checks.require;
import static dev.ridgepoint.estimator.input.Checks.requirePositive;

import java.util.OptionalDouble;

/**
 * What a deployment must keep.
 *
 * @param timeToFirstTokenSeconds at most, in the mean
 * @param timePerOutputTokenSeconds at most, in the mean
 * @param utilization at most this share of what a replica could serve, below 1. The rest is
 *     headroom: a queue that is served as fast as it grows never ends. At 0.8, M/D/1 waits for two
 *     services in the mean; a planner's choice, not a law
 * @param usdPerMonth budget; empty without one
 */
public record ServiceLimits(
    double timeToFirstTokenSeconds,
    double timePerOutputTokenSeconds,
    double utilization,
    OptionalDouble usdPerMonth) {
  public ServiceLimits {
    requirePositive("limits", "timeToFirstTokenSeconds", timeToFirstTokenSeconds);
    requirePositive("limits", "timePerOutputTokenSeconds", timePerOutputTokenSeconds);
    requirePositive("limits", "utilization", utilization);
    require(utilization < 1, "limits", "utilization", utilization, "must lie below 1");
    usdPerMonth.ifPresent(budget -> requirePositive("limits", "usdPerMonth", budget));
  }
}
