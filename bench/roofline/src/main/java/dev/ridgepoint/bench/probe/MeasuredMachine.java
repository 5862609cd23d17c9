package dev.ridgepoint.bench.probe;

import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.time.KernelCalibration;

/**
 * A machine that was measured, with what is known of the engine's kernels on it.
 *
 * @param machine its roofs, the best that were seen
 * @param calibration how near the kernels come to them; {@link KernelCalibration#NONE} if none was
 *     timed
 */
public record MeasuredMachine(Machine machine, KernelCalibration calibration) {}
