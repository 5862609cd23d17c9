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
 * @param from rows of tokens into the experts, rows of what they pass out of them
 * @param to the other way round
 * @param isResidual whether the sum is added to the rows that are there
 */
public record ExpertLinear(
    String name,
    int layer,
    MixtureOfExperts experts,
    List<WeightTensor> weights,
    boolean isInput,
    Buffer from,
    Buffer to,
    boolean isResidual)
    implements Operation {
  public ExpertLinear {
    weights = List.copyOf(weights);
  }

  /** Matrices of one expert, {@code [outputs, inputs]} each. */
  public List<WeightTensor> matrices() {
    return weights.stream().filter(WeightTensor::isMatrix).toList();
  }

  /** Biases of one expert: one for each matrix, or none. */
  public List<WeightTensor> biases() {
    return weights.stream().filter(tensor -> !tensor.isMatrix()).toList();
  }

  /** Columns of the matrices. */
  public long inputs() {
    return matrices().getFirst().columns();
  }

  /** Rows of all matrices of one expert. */
  public long outputs() {
    return matrices().stream().mapToLong(WeightTensor::rows).sum();
  }

  @Override
  public Kernel kernel() {
    return Kernel.LINEAR;
  }

  @Override
  public Cost cost(StepWork work) {
    long tokens = work.tokens();
    long rows = Math.multiplyExact(tokens, experts.numExpertsPerToken());
    long inputs = inputs();
    long outputs = outputs();
    long bytesOfOne = work.counter().weights(layer, weights).cost().weightBytes();
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
