package dev.ridgepoint.estimator.operation;

/**
 * Bounds each element, in place: {@code x = max(-bound, min(bound, x))} (OLMo). A comparison is no
 * FLOP.
 *
 * @param width elements of a row
 * @param bound above 0
 */
public record Clip(String name, int layer, Buffer buffer, long width, double bound)
    implements Operation {
  @Override
  public Kernel kernel() {
    return Kernel.SWIGLU;
  }

  @Override
  public Cost cost(StepWork work) {
    return work.counter().activations(2, work.tokens(), width).cost();
  }
}
