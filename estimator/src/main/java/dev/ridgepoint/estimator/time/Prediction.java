package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.operation.Cost;
import java.util.OptionalDouble;

/**
 * How long an operation or a whole step takes, on paper.
 *
 * @param cost what was predicted; a whole step is named {@code total}
 * @param boundSeconds the roofline's lower bound, nothing fitted
 * @param boundBy the roof that sets it
 * @param calibratedSeconds what the machine's kernels make of it; empty where they were not
 *     measured
 */
public record Prediction(
    Cost cost, double boundSeconds, Roofline.Bound boundBy, OptionalDouble calibratedSeconds) {}
