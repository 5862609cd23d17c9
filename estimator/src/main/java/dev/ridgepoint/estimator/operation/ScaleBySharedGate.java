package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/**
 * Scales what the shared expert puts out by a sigmoid of the token, and adds it to what the routed
 * ones put out (Qwen1.5-MoE).
 *
 * @param gate {@code [1, hidden]}
 * @param from the token
 * @param to where the sum is
 */
public record ScaleBySharedGate(String name, int layer, WeightTensor gate, Buffer from, Buffer to)
    implements Operation {
  /** Exponential, add, divide. */
  private static final int SIGMOID_FLOPS = 3;

  @Override
  public List<WeightTensor> weights() {
    return List.of(gate);
  }

  @Override
  public Kernel kernel() {
    return Kernel.LINEAR;
  }

  @Override
  public Cost cost(StepWork work) {
    long tokens = work.tokens();
    long hidden = gate.columns();
    return work.counter()
        .multiplyAdds(tokens, hidden)
        .weights(layer, weights())
        .activations(tokens, hidden)
        .activations(tokens)
        .flops(tokens, SIGMOID_FLOPS)
        .flops(tokens, hidden)
        .activations(2, tokens, hidden)
        .residual(tokens, hidden)
        .cost();
  }
}
