package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/**
 * Gathers a row of a table for each token.
 *
 * @param table {@code [rows, width]}
 * @param isAdded whether the rows are added to those that are there
 */
public record Gather(String name, WeightTensor table, boolean isAdded, Buffer to)
    implements Operation {
  @Override
  public int layer() {
    return NO_LAYER;
  }

  @Override
  public List<WeightTensor> weights() {
    return List.of(table);
  }

  @Override
  public Kernel kernel() {
    return Kernel.COPY;
  }

  @Override
  public Cost cost(StepWork work) {
    long tokens = work.tokens();
    long width = table.columns();
    CostCounter counter = work.counter().rowsOf(table, NO_LAYER, tokens).activations(tokens, width);
    return isAdded ? counter.residual(tokens, width).cost() : counter.cost();
  }

  /** Each row's gradient is added to that of its token. */
  @Override
  public Cost backwardCost(StepWork work) {
    return work.counter()
        .flops(work.tokens(), table.columns())
        .gradients(work.tokens(), table.columns())
        .activations(work.tokens(), table.columns())
        .cost();
  }
}
