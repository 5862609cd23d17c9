package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.Attention;

/**
 * Writes the new tokens' keys and values, or latents, to the cache.
 *
 * @param width elements of each token that are written
 */
public record AppendKeyValues(String name, int layer, Attention attention, long width)
    implements Operation {
  @Override
  public Kernel kernel() {
    return Kernel.COPY;
  }

  @Override
  public Cost cost(StepWork work) {
    return work.counter()
        .activations(work.tokens(), width)
        .kvWritten(work.tokens(), bytesPerPosition(attention, work.options()))
        .cost();
  }

  /** Bytes of a position of one layer's cache. */
  static long bytesPerPosition(Attention attention, ForwardOptions options) {
    return options.kvCache().bytesPerPosition(attention);
  }
}
