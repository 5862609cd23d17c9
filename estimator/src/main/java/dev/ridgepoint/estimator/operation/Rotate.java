package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.Attention;

/**
 * Rotary position embedding, in place (Su et al. 2021, arXiv:2104.09864): 4 products and 2 adds for
 * each pair of elements.
 *
 * @param heads query heads and key heads, or the one rotary key that all heads share
 */
public record Rotate(String name, int layer, Attention attention, long heads) implements Operation {
  @Override
  public Kernel kernel() {
    return Kernel.ROPE;
  }

  @Override
  public Cost cost(StepWork work) {
    long rotaryDim = attention.rotaryDim();
    return work.counter()
        .flops(3, work.tokens(), heads, rotaryDim)
        .activations(2, work.tokens(), heads, rotaryDim)
        .cost();
  }

  /** Turned back. */
  @Override
  public Cost backwardCost(StepWork work) {
    return cost(work);
  }
}
