package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.Mamba;
import dev.ridgepoint.estimator.architecture.Mamba2;

/**
 * The sizes of a state space's recurrence.
 *
 * @param channels each with numbers of its own
 * @param stateSize numbers of a channel
 * @param steps steps of a token: one for each channel, or for each head
 * @param decays factors that the state decays by: of each number of each channel, or of each head
 * @param vectorWidth elements of all B, or of all C
 * @param hasStepBias whether it adds a bias to each step; otherwise the projection before has
 */
public record StateSpace(
    long channels, long stateSize, long steps, long decays, long vectorWidth, boolean hasStepBias) {

  static StateSpace of(Mamba mamba) {
    return new StateSpace(
        mamba.innerSize(),
        mamba.stateSize(),
        mamba.innerSize(),
        mamba.recurrentStateElements(),
        mamba.stateSize(),
        false);
  }

  static StateSpace of(Mamba2 mamba) {
    return new StateSpace(
        mamba.innerWidth(),
        mamba.stateSize(),
        mamba.numHeads(),
        mamba.numHeads(),
        mamba.groupWidth(),
        true);
  }
}
