package dev.ridgepoint.bench.techniques;

import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.time.PredictedTime;
import dev.ridgepoint.estimator.time.Prediction;
import dev.ridgepoint.estimator.time.Predictor;
import java.util.List;

/**
 * What the estimator says of forward passes.
 *
 * @param seconds with this machine's kernels; by its roofline where they were not timed
 */
record Forecast(double seconds, Cost cost) {
  static final Forecast NONE = new Forecast(0, Cost.ZERO);

  /** Of one pass. */
  static Forecast of(Predictor predictor, Step step) {
    Prediction prediction = predictor.step(step);
    return new Forecast(
        prediction.calibrated().map(PredictedTime::seconds).orElse(prediction.boundSeconds()),
        prediction.cost());
  }

  /** Of several, one after the other. */
  static Forecast of(Predictor predictor, List<Step> steps) {
    return steps.stream().map(step -> of(predictor, step)).reduce(NONE, Forecast::plus);
  }

  Forecast plus(Forecast other) {
    return new Forecast(seconds + other.seconds, cost.plus(other.cost));
  }

  long flops() {
    return cost.flops();
  }

  long bytes() {
    return cost.bytes();
  }
}
