package dev.ridgepoint.estimator.cluster;

import static dev.ridgepoint.estimator.input.Checks.require;

/**
 * How much of each kind of communication is assumed to hide behind computation. What tensor
 * parallelism says within a layer is on the critical path and never hides.
 *
 * @param dataParallel share of the gradients' reduction and the weights' gathering, 0..1
 * @param pipelineParallel share of what stages send each other, 0..1
 */
public record Overlap(double dataParallel, double pipelineParallel) {
  /** Nothing hides: an upper bound. */
  public static final Overlap NONE = new Overlap(0, 0);

  public Overlap {
    require(
        dataParallel >= 0 && dataParallel <= 1,
        "overlap",
        "dataParallel",
        dataParallel,
        "must lie in 0..1");
    require(
        pipelineParallel >= 0 && pipelineParallel <= 1,
        "overlap",
        "pipelineParallel",
        pipelineParallel,
        "must lie in 0..1");
  }
}
