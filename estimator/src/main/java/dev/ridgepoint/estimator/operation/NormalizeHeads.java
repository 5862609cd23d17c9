package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/** Normalises queries and keys in place, before RoPE. */
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
    for (int heads : new int[] {attention.numAttentionHeads(), attention.numKeyValueHeads()}) {
      counter
          .flops(attention.queryKeyNorm().flops(work.tokens(), heads, attention.headDim()))
          .activations(2, work.tokens(), heads, attention.headDim());
    }
    return counter.cost();
  }
}
