package dev.ridgepoint.bench.cli.run;

import dev.ridgepoint.estimator.operation.Cost;
import java.util.Optional;

/**
 * What forward passes should cost.
 *
 * @param boundSeconds the least time that this machine needs by its roofline, if it was measured
 * @param predictedSeconds with this machine's kernels, if they were timed
 */
record StepCosts(Cost cost, Optional<Double> boundSeconds, Optional<Double> predictedSeconds) {
  /** Of no pass. */
  static final StepCosts ZERO = new StepCosts(Cost.ZERO, Optional.of(0.0), Optional.of(0.0));

  /** These and others; what is not known of one is not known of both. */
  StepCosts plus(StepCosts others) {
    return new StepCosts(
        cost.plus(others.cost),
        sum(boundSeconds, others.boundSeconds),
        sum(predictedSeconds, others.predictedSeconds));
  }

  private static Optional<Double> sum(Optional<Double> one, Optional<Double> other) {
    return one.flatMap(seconds -> other.map(more -> seconds + more));
  }
}
