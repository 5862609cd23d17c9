package dev.ridgepoint.estimator.operation;

/**
 * Caps each logit in place, {@code x = c tanh(x / c)} (Gemma 2, arXiv:2408.00118, section 2): a
 * divide, a tanh and a multiply each.
 *
 * @param width logits of a row
 * @param cap the c, above 0
 */
public record SoftCap(String name, long width, double cap) implements Operation {
  private static final int FLOPS_PER_LOGIT = 3;

  @Override
  public int layer() {
    return NO_LAYER;
  }

  @Override
  public Rows rows() {
    return Rows.LOGITS;
  }

  @Override
  public Kernel kernel() {
    return Kernel.SWIGLU;
  }

  @Override
  public Cost cost(StepWork work) {
    long count = work.rows(rows());
    return work.counter().flops(count, width, FLOPS_PER_LOGIT).activations(2, count, width).cost();
  }
}
