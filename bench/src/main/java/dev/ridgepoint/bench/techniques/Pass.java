package dev.ridgepoint.bench.techniques;

import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.time.Predictor;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.trace.TimedStep;
import java.util.List;
import java.util.stream.Stream;

/**
 * Work that was done in one way.
 *
 * @param steps forward passes of the model
 * @param draftSteps those of a smaller one that guesses
 * @param seconds that count: of all, or of the longest
 */
record Pass(List<TimedStep> steps, List<TimedStep> draftSteps, double seconds) {
  Pass {
    steps = List.copyOf(steps);
    draftSteps = List.copyOf(draftSteps);
  }

  /** Steps of which all times count. */
  static Pass total(List<TimedStep> steps) {
    return new Pass(steps, List.of(), steps.stream().mapToDouble(TimedStep::seconds).sum());
  }

  /** Steps of which the longest counts. */
  static Pass longest(List<TimedStep> steps) {
    return new Pass(
        steps, List.of(), steps.stream().mapToDouble(TimedStep::seconds).max().orElseThrow());
  }

  /** Runs a forward pass. */
  static TimedStep step(Program program, Batch batch) {
    Step step = batch.step();
    long start = System.nanoTime();
    program.forward(batch);
    return new TimedStep(step, (System.nanoTime() - start) / 1e9);
  }

  /** What the estimator says of the model's steps. */
  Forecast forecast(Predictor predictor) {
    return Forecast.of(predictor, steps.stream().map(TimedStep::step).toList());
  }

  /** New tokens that the steps were fed. */
  long tokens() {
    return Stream.concat(steps.stream(), draftSteps.stream())
        .mapToLong(each -> each.step().totalNewTokens())
        .sum();
  }
}
