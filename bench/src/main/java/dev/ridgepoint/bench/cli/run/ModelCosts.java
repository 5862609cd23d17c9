package dev.ridgepoint.bench.cli.run;

import dev.ridgepoint.bench.cli.options.LocalPredictor;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.RepeatedOperation;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.time.PredictedTime;
import dev.ridgepoint.estimator.time.Prediction;
import dev.ridgepoint.estimator.time.Predictor;
import dev.ridgepoint.model.trace.TimedStep;
import java.util.List;
import java.util.Optional;

/**
 * What forward passes of a model should cost.
 *
 * @param predictor on this machine with so many threads, if it was measured so
 */
record ModelCosts(RunningModel.Setup setup, Optional<Predictor> predictor) {

  private static final String TIMING = "; 'ridge report' times kernels in a model's formats";

  private static final String UNMEASURED =
      "no roof and no prediction: 'ridge machine' measures this machine's roofs, 'ridge report' its"
          + " kernels";

  /** On this machine. */
  static ModelCosts of(RunningModel.Setup setup) {
    return new ModelCosts(
        setup,
        LocalPredictor.of(
            setup.architecture(), setup.formats(), setup.memory().weightBytes(), setup.threads()));
  }

  /** What is said where the roof or the prediction of a step is not known. */
  Optional<String> lacking(Step step) {
    return predictor.isEmpty()
        ? Optional.of(UNMEASURED)
        : predictor.get().unmeasured(step).map(reason -> "no prediction: " + reason + TIMING);
  }

  /** All of some steps that were run. */
  StepCosts ofTimed(List<TimedStep> steps) {
    return of(steps.stream().map(TimedStep::step).toList());
  }

  /** All of some steps. */
  StepCosts of(List<Step> steps) {
    return steps.stream().map(this::of).reduce(StepCosts.ZERO, StepCosts::plus);
  }

  private StepCosts of(Step step) {
    if (predictor.isPresent()) {
      Prediction prediction = predictor.get().step(step);
      return new StepCosts(
          prediction.cost(),
          Optional.of(prediction.boundSeconds()),
          prediction.calibrated().map(PredictedTime::seconds));
    }
    ForwardOptions options = ForwardOptions.of(setup.formats(), step);
    return new StepCosts(
        RepeatedOperation.total(setup.architecture(), options, step),
        Optional.empty(),
        Optional.empty());
  }
}
