package dev.ridgepoint.bench.calibration;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.ModelConfig;
import dev.ridgepoint.estimator.hardware.KernelCalibration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Times this machine's kernels for the estimator's calibrated predictions. */
public final class Calibrator {
  private Calibrator() {}

  /**
   * Kernels on a model's shapes, with synthetic weights.
   *
   * @param dtype how the matrices are stored
   * @param threads sizes of teams
   * @param each how long the heavy kernels are timed on each of their shapes
   */
  public static KernelCalibration calibrate(
      ModelConfig config, DType dtype, List<Integer> threads, Shapes shapes, Duration each) {
    List<KernelCalibration.Sample> samples = new ArrayList<>();
    List<KernelCalibration.Dispatch> dispatches = new ArrayList<>();
    for (int team : threads) {
      try (KernelBench bench = new KernelBench(config, dtype, team, each)) {
        dispatches.add(bench.dispatch());
        samples.addAll(bench.samples(shapes));
      }
    }
    return new KernelCalibration(samples, dispatches);
  }
}
