package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import java.util.List;

/**
 * Predicts forward passes of one model on one measured machine, twice over: by its roofline alone,
 * {@link BoundTime}, and with its kernels, {@link CalibratedTime}.
 */
public final class Predictor {
  private final Architecture architecture;
  private final DataFormats formats;
  private final BoundTime bound;
  private final CalibratedTime calibrated;

  /**
   * @param machine with peaks of {@code computeDtype} and bandwidths for {@code threads}
   * @param calibration of the machine's kernels
   * @param computeDtype the dtype that the engine multiplies in, {@code F32}
   * @param threads threads that run the step
   * @throws IllegalArgumentException if the machine was not measured so
   */
  public Predictor(
      Machine machine,
      KernelCalibration calibration,
      String computeDtype,
      int threads,
      Architecture architecture,
      DataFormats formats) {
    this.architecture = architecture;
    this.formats = formats;
    bound = new BoundTime(machine.roofline(computeDtype, threads));
    calibrated = new CalibratedTime(calibration, bound.roofline(), threads, formats);
  }

  /** The roofline that the predictions are under. */
  public Roofline roofline() {
    return bound.roofline();
  }

  /** Each operation of a step, in order. */
  public List<OperationPrediction> operations(Step step) {
    return costs(step).stream()
        .map(each -> new OperationPrediction(each.operation(), predict(List.of(each), step)))
        .toList();
  }

  /** A whole step. */
  public Prediction step(Step step) {
    return predict(costs(step), step);
  }

  private List<OperationCost> costs(Step step) {
    return OperationList.of(architecture, ForwardOptions.ofEngine(formats), step);
  }

  private Prediction predict(List<OperationCost> operations, Step step) {
    PredictedTime least = bound.predict(operations, step);
    return new Prediction(
        OperationList.total(operations),
        least.seconds(),
        least.boundBy(),
        calibrated.predictIfMeasured(operations, step));
  }
}
