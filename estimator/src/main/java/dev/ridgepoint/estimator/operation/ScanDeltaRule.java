package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.GatedDeltaNet;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/**
 * The recurrence of {@link GatedDeltaNet}, token by token. Of each value head it takes the state
 * times its decay, the product with the key, what that lacks of the value times the strength, the
 * outer product with the key, and the product with the query. Kernels that work in chunks take more
 * FLOPs for the same result; those are not counted. The state is read and written once per step and
 * sequence.
 *
 * @param weights logarithms of the decays, and biases of their steps
 */
public record ScanDeltaRule(String name, int layer, GatedDeltaNet mixer, List<WeightTensor> weights)
    implements Operation {
  /** Exponential, add, divide. */
  private static final int STRENGTH_FLOPS = 3;

  /** Add of the bias; softplus of it; product with the rate; exponential. */
  private static final int DECAY_FLOPS = 3 + ScanStateSpace.SOFTPLUS_FLOPS;

  public ScanDeltaRule {
    weights = List.copyOf(weights);
  }

  @Override
  public Cost cost(StepWork work) {
    long tokens = work.tokens();
    long state = mixer.recurrentStateElements();
    long heads = mixer.numValueHeads();
    // What is added to the state: value less what is there, times the strength.
    int correction = 2;
    return work.counter()
        .flops(2, tokens, mixer.numKeyHeads(), unitLengthFlops(mixer.keyHeadDim()))
        .flops(tokens, heads, STRENGTH_FLOPS)
        .flops(tokens, mixer.decays(), DECAY_FLOPS)
        .flops(tokens, state)
        .flops(correction, tokens, mixer.valueWidth())
        .multiplyAdds(3, tokens, state)
        .weights(layer, weights)
        .activations(tokens, 2 * mixer.keyWidth() + 2 * mixer.valueWidth())
        .activations(tokens, heads + mixer.decays())
        .state(work.rows(Rows.SEQUENCES), state)
        .cost();
  }

  /** L2 norm: w squares, w - 1 adds, an add of epsilon, a root, a reciprocal, w products. */
  private static long unitLengthFlops(long width) {
    return 3 * width + 2;
  }
}
