package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/**
 * A projection of every chosen expert. Each token passes k of them. Into the experts, inputs are
 * read once, whatever the number of experts that use them; out of them, k outputs are scaled and
 * added up, 2h FLOPs each with the residual.
 *
 * @param weights of one expert: matrices of the same inputs, and their biases if there are any
 * @param isInput whether it leads into the experts
 * @param isResidual whether the sum is added to the rows that are there
 */
public record ExpertLinear(
    String name,
    int layer,
    MixtureOfExperts experts,
    List<WeightTensor> weights,
    boolean isInput,
    boolean isResidual)
    implements Operation {
  public ExpertLinear {
    weights = List.copyOf(weights);
  }

  @Override
  public Cost cost(StepWork work) {
    long tokens = work.tokens();
    long rows = Math.multiplyExact(tokens, experts.numExpertsPerToken());
    long inputs = weights.stream().filter(WeightTensor::isMatrix).findFirst().get().columns();
    long outputs =
        weights.stream().filter(WeightTensor::isMatrix).mapToLong(WeightTensor::rows).sum();
    long bytesOfOne = work.counter().weights(weights).cost().weightBytes();
    CostCounter counter =
        work.counter()
            .multiplyAdds(rows, inputs, outputs)
            .weightBytes(work.options().expertsTouched().bytes(experts, tokens, bytesOfOne));
    if (experts.expert().bias()) {
      counter.flops(rows, outputs);
    }
    if (isInput) {
      return counter.activations(tokens, inputs).activations(rows, outputs).cost();
    }
    counter
        .activations(rows, inputs)
        .flops(2 * rows - tokens, outputs)
        .activations(tokens, outputs);
    return isResidual ? counter.residual(tokens, outputs).cost() : counter.cost();
  }
}
