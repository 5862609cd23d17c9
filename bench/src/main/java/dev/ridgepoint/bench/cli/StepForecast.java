package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.cli.options.LocalPredictor;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.time.PredictedTime;
import dev.ridgepoint.estimator.time.Prediction;
import dev.ridgepoint.estimator.time.Predictor;
import dev.ridgepoint.model.MatrixTypes;
import java.util.Optional;

/**
 * What the estimator says of a step of a model.
 *
 * @param step the step
 * @param bytes that it moves
 * @param boundSeconds by the roofline of this machine, if it was measured
 * @param kernelSeconds with its kernels, if they were timed in the model's formats
 */
record StepForecast(
    Step step, long bytes, Optional<Double> boundSeconds, Optional<Double> kernelSeconds) {

  /**
   * How many times as fast one step is as another.
   *
   * @param basis what that rests on
   */
  record Speedup(double ratio, String basis) {}

  /**
   * Of a model whose matrices are stored so.
   *
   * @param threads that run it
   */
  static StepForecast of(Architecture architecture, MatrixTypes types, int threads, Step step) {
    DataFormats formats = new DataFormats(types.formats(), Precision.F32);
    Optional<Predictor> predictor =
        LocalPredictor.of(
            architecture, formats, formats.weights().storedBytes(architecture), threads);
    if (predictor.isEmpty()) {
      ForwardOptions options = ForwardOptions.ofEngine(formats);
      long bytes = OperationList.total(OperationList.of(architecture, options, step)).bytes();
      return new StepForecast(step, bytes, Optional.empty(), Optional.empty());
    }
    Prediction prediction = predictor.get().step(step);
    return new StepForecast(
        step,
        prediction.cost().bytes(),
        Optional.of(prediction.boundSeconds()),
        prediction.calibrated().map(PredictedTime::seconds));
  }

  /** Beside the same step of another model, by what is known of both. */
  Optional<Speedup> speedup(StepForecast before) {
    return ratio(before.kernelSeconds, kernelSeconds)
        .map(ratio -> new Speedup(ratio, "kernels"))
        .or(() -> mostSpeedup(before));
  }

  /**
   * The same at most: by the roofline, or of a decode step where that was not measured, as if
   * memory alone took time.
   */
  Optional<Speedup> mostSpeedup(StepForecast before) {
    return ratio(before.boundSeconds, boundSeconds)
        .map(ratio -> new Speedup(ratio, "roofline"))
        .or(
            () ->
                step.totalNewTokens() > 1
                    ? Optional.empty()
                    : Optional.of(new Speedup((double) before.bytes / bytes, "bytes")));
  }

  private static Optional<Double> ratio(Optional<Double> before, Optional<Double> after) {
    return before.flatMap(seconds -> after.map(other -> seconds / other));
  }
}
