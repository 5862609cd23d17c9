package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.operation.Cost;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What an operation or a whole step costs and takes on a measured machine, on paper.
 *
 * @param cost what was predicted
 * @param boundSeconds the roofline's lower bound, nothing fitted
 * @param boundBy the roof that sets it
 * @param calibrated what the machine's kernels make of it; empty where they were not measured
 */
public record Prediction(
    Cost cost, double boundSeconds, Roofline.Bound boundBy, Optional<PredictedTime> calibrated) {

  /** The seconds of {@link #calibrated} without their interval. */
  public OptionalDouble calibratedSeconds() {
    return calibrated.stream().mapToDouble(PredictedTime::seconds).findFirst();
  }
}
