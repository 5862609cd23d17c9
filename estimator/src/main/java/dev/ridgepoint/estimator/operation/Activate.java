package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/**
 * A feed-forward's nonlinearity, {@code to = f(gate) * up} or {@code to = f(x)} without a gate
 * (SwiGLU and its kin: Shazeer 2020, arXiv:2002.05202). Reads the projections, writes their
 * activation.
 *
 * @param weights numbers that the nonlinearity has learned, if it learns any
 * @param rowsPerToken 1, or the experts that a token passes
 */
public record Activate(
    String name,
    int layer,
    DenseFeedForward feedForward,
    List<WeightTensor> weights,
    long rowsPerToken)
    implements Operation {
  public Activate {
    weights = List.copyOf(weights);
  }

  @Override
  public Kernel kernel() {
    return Kernel.SWIGLU;
  }

  @Override
  public Cost cost(StepWork work) {
    long rows = Math.multiplyExact(work.tokens(), rowsPerToken);
    long intermediate = feedForward.intermediateSize();
    return work.counter()
        .flops(rows, intermediate, feedForward.activationFlops())
        .weights(layer, weights)
        .activations(rows, feedForward.inputProjectionWidth() + intermediate)
        .cost();
  }

  /** Reads the projections and the gradient of the activation, writes those of the projections. */
  @Override
  public Cost backwardCost(StepWork work) {
    if (!feedForward.isGated() || rowsPerToken != 1) {
      return Operation.super.backwardCost(work);
    }
    long intermediate = feedForward.intermediateSize();
    return work.counter()
        .flops(work.tokens(), intermediate, feedForward.activation().gatedBackwardFlops())
        .activations(work.tokens(), 2 * feedForward.inputProjectionWidth() + intermediate)
        .cost();
  }
}
