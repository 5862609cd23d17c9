package dev.ridgepoint.bench.cli.options;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.hardware.MemoryLevel;
import dev.ridgepoint.estimator.time.Predictor;
import java.util.Optional;

/** Predicts what this machine's engine takes for a model's steps, if it was measured. */
public final class LocalPredictor {
  private LocalPredictor() {}

  /**
   * The predictor of a model.
   *
   * @param weightBytes what is read again in every step
   * @return empty if no roofs were measured with so many threads
   */
  public static Optional<Predictor> of(
      Architecture architecture, DataFormats formats, long weightBytes, int threads) {
    return DeviceOptions.measuredHere()
        .flatMap(TargetDevice::local)
        .filter(
            measured ->
                measured.machine().peaks().stream().anyMatch(peak -> peak.threads() == threads))
        .map(
            measured ->
                new Predictor(
                    MemoryLevel.machineHolding(measured.machine(), weightBytes),
                    measured.calibration(),
                    "F32",
                    threads,
                    architecture,
                    formats));
  }
}
