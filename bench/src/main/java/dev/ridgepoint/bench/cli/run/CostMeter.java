package dev.ridgepoint.bench.cli.run;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.estimator.operation.Cost;

/** Adds up what the engine says that it did. */
final class CostMeter implements Meter {
  private Cost total = Cost.ZERO;

  @Override
  public void begin(String operation, int layer) {
    // All operations alike.
  }

  @Override
  public void end(
      long flops,
      long matmulFlops,
      long weightBytes,
      long kvReadBytes,
      long kvWrittenBytes,
      long activationBytes) {
    total =
        total.plus(
            new Cost(
                flops, matmulFlops, weightBytes, kvReadBytes, kvWrittenBytes, activationBytes));
  }

  /** Since it was made, or asked last. */
  Cost take() {
    Cost taken = total;
    total = Cost.ZERO;
    return taken;
  }
}
