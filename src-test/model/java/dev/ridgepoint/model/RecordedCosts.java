package dev.ridgepoint.model;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.estimator.operation.Cost;
import java.util.ArrayList;
import java.util.List;

/** Notes what the engine counts of each operation. */
public final class RecordedCosts implements Meter {
  private final List<Metered> all = new ArrayList<>();
  private String operation;
  private int layer;

  /** What one operation of a step did, or is said to do. */
  public record Metered(String name, int layer, Cost cost) {}

  /** Those since the last {@link #clear}, in the order in which they ended. */
  public List<Metered> all() {
    return List.copyOf(all);
  }

  public void clear() {
    all.clear();
  }

  @Override
  public void begin(String operation, int layer) {
    this.operation = operation;
    this.layer = layer;
  }

  @Override
  public void end(
      long flops,
      long matmulFlops,
      long weightBytes,
      long kvReadBytes,
      long kvWrittenBytes,
      long activationBytes) {
    Cost cost =
        new Cost(flops, matmulFlops, weightBytes, kvReadBytes, kvWrittenBytes, activationBytes);
    all.add(new Metered(operation, layer, cost));
  }
}
