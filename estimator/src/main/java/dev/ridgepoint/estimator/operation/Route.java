package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/**
 * Scores each expert for each token and chooses. A score's softmax is counted over all experts; a
 * sigmoid with a correction is as much. What is done with the few that are chosen is not counted.
 *
 * @param weights the router's matrix, and its bias if there is one
 */
public record Route(
    String name,
    int layer,
    MixtureOfExperts experts,
    long hidden,
    List<WeightTensor> weights,
    Buffer from)
    implements Operation {
  /** Per expert: subtract the maximum, exponential, add to the sum, divide. */
  private static final int SOFTMAX_FLOPS = 4;

  public Route {
    weights = List.copyOf(weights);
  }

  /** The router's matrix, {@code [experts, hidden]}. */
  public WeightTensor matrix() {
    return weights.stream().filter(WeightTensor::isMatrix).findFirst().orElseThrow();
  }

  /** The router's bias, or none. */
  public List<WeightTensor> biases() {
    return weights.stream().filter(tensor -> !tensor.isMatrix()).toList();
  }

  @Override
  public Kernel kernel() {
    return Kernel.LINEAR;
  }

  @Override
  public Cost cost(StepWork work) {
    long tokens = work.tokens();
    long scores = experts.numExperts();
    CostCounter counter =
        work.counter()
            .multiplyAdds(tokens, hidden, scores)
            .weights(layer, weights)
            .activations(tokens, hidden)
            .activations(tokens, scores)
            .flops(tokens, scores, SOFTMAX_FLOPS);
    return experts.routerBias() ? counter.flops(tokens, scores).cost() : counter.cost();
  }
}
