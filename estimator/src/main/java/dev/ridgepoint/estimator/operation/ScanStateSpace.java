package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/**
 * The recurrence of a state space, token by token: steps, decays, the state times its decay, the
 * outer product of the stepped input with B, the product with C, and the input's share. Kernels
 * that work in chunks take more FLOPs for the same result; those are not counted. The state is read
 * and written once per step and sequence.
 *
 * @param weights logarithms of the decays, shares of the inputs, and biases of the steps
 */
public record ScanStateSpace(String name, int layer, StateSpace space, List<WeightTensor> weights)
    implements Operation {
  /** Exponential, add, logarithm. */
  static final int SOFTPLUS_FLOPS = 3;

  /** Product of step and rate, exponential. */
  private static final int DECAY_FLOPS = 2;

  /** The input times its step; its share, and the add of it. */
  private static final int CHANNEL_FLOPS = 3;

  public ScanStateSpace {
    weights = List.copyOf(weights);
  }

  @Override
  public Cost cost(StepWork work) {
    long tokens = work.tokens();
    long state = Math.multiplyExact(space.channels(), space.stateSize());
    int stepFlops = SOFTPLUS_FLOPS + (space.hasStepBias() ? 1 : 0);
    return work.counter()
        .flops(tokens, space.steps(), stepFlops)
        .flops(tokens, space.decays(), DECAY_FLOPS)
        .flops(tokens, state)
        .multiplyAdds(2, tokens, state)
        .flops(tokens, space.channels(), CHANNEL_FLOPS)
        .weights(layer, weights)
        .activations(tokens, 2 * space.channels() + space.steps() + 2 * space.vectorWidth())
        .state(work.rows(Rows.SEQUENCES), state)
        .cost();
  }
}
