package dev.ridgepoint.bench.explorer;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.RepeatedOperation;
import dev.ridgepoint.estimator.operation.Step;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * What the steps of one model cost in one set of formats. Whatever runs them, it is the same, so
 * that each is counted once.
 */
final class StepCosts {
  private final Architecture architecture;
  private final Function<Step, ForwardOptions> options;
  private final Map<Shape, Cost> totals = new HashMap<>();

  /** All of a step whose sequences are alike. */
  private record Shape(int sequences, Step.Sequence each) {}

  StepCosts(Architecture architecture, Function<Step, ForwardOptions> options) {
    this.architecture = architecture;
    this.options = options;
  }

  ForwardOptions options(Step step) {
    return options.apply(step);
  }

  /** Of a step whose sequences are alike. */
  Cost total(Step step) {
    return totals.computeIfAbsent(
        new Shape(step.sequences().size(), step.sequences().getFirst()),
        any -> RepeatedOperation.total(architecture, options(step), step));
  }
}
