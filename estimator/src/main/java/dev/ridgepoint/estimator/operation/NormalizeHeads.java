package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/** Normalises queries and keys in place, before RoPE, and values where the norm includes them. */
public record NormalizeHeads(
    String name, int layer, GroupedQueryAttention attention, List<WeightTensor> weights)
    implements Operation {
  public NormalizeHeads {
    weights = List.copyOf(weights);
  }

  @Override
  public Kernel kernel() {
    return Kernel.RMS_NORM;
  }

  @Override
  public Cost cost(StepWork work) {
    CostCounter counter = work.counter().weights(layer, weights);
    QueryKeyNorm norm = attention.queryKeyNorm();
    add(counter, work, norm, attention.numAttentionHeads());
    if (attention.isCacheItsOwn()) {
      add(counter, work, norm, attention.numKeyValueHeads());
      if (norm.includesValues()) {
        QueryKeyNorm ofValues = new QueryKeyNorm(QueryKeyNorm.VALUE_NORM, norm.scope());
        add(counter, work, ofValues, attention.numKeyValueHeads());
      }
    }
    return counter.cost();
  }

  @Override
  public Cost backwardCost(StepWork work) {
    QueryKeyNorm norm = attention.queryKeyNorm();
    if (norm.includesValues() || !attention.isCacheItsOwn()) {
      return Operation.super.backwardCost(work);
    }
    CostCounter counter = work.counter().weights(layer, weights).gradients(weights);
    for (long heads : new long[] {attention.numAttentionHeads(), attention.numKeyValueHeads()}) {
      counter
          .flops(norm.backwardFlops(work.tokens(), heads, attention.headDim()))
          .activations(3, work.tokens(), heads, attention.headDim());
    }
    return counter.cost();
  }

  private void add(CostCounter counter, StepWork work, QueryKeyNorm norm, long heads) {
    counter
        .flops(norm.flops(work.tokens(), heads, attention.headDim()))
        .activations(2, work.tokens(), heads, attention.headDim());
  }
}
