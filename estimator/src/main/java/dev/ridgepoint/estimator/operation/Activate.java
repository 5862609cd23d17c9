package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.DenseFeedForward;

/**
 * A feed-forward's nonlinearity, {@code to = f(gate) * up} or {@code to = f(x)} without a gate
 * (SwiGLU and its kin: Shazeer 2020, arXiv:2002.05202). Reads the projections, writes their
 * activation.
 *
 * @param rowsPerToken 1, or the experts that a token passes
 */
public record Activate(String name, int layer, DenseFeedForward feedForward, long rowsPerToken)
    implements Operation {
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
        .activations(rows, feedForward.inputProjectionWidth() + intermediate)
        .cost();
  }
}
