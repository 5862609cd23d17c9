package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/** Scales what the shared expert puts out by a sigmoid of the token (Qwen1.5-MoE). */
public record ScaleBySharedGate(String name, int layer, WeightTensor gate) implements Operation {
  /** Exponential, add, divide. */
  private static final int SIGMOID_FLOPS = 3;

  @Override
  public List<WeightTensor> weights() {
    return List.of(gate);
  }

  @Override
  public Cost cost(StepWork work) {
    long tokens = work.tokens();
    long hidden = gate.columns();
    return work.counter()
        .multiplyAdds(tokens, hidden)
        .weights(weights())
        .activations(tokens, hidden)
        .activations(tokens)
        .flops(tokens, SIGMOID_FLOPS)
        .flops(tokens, hidden)
        .activations(2, tokens, hidden)
        .cost();
  }
}
