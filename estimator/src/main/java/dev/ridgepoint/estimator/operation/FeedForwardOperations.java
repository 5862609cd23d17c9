package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.Component;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import java.util.List;

/** The operations of one layer's feed-forward. Letters as in {@link OperationList}. */
final class FeedForwardOperations {
  /** Per expert of the router: subtract the maximum, exponential, add to the sum, divide. */
  private static final int ROUTER_SOFTMAX_FLOPS = 4;

  /** Of a shared expert's gate: exponential, add, divide. */
  private static final int SIGMOID_FLOPS = 3;

  private final ForwardOptions options;
  private final List<OperationCost> operations;
  private final long tokens;
  private final long hidden;

  FeedForwardOperations(
      ForwardOptions options, List<OperationCost> operations, long tokens, long hidden) {
    this.options = options;
    this.operations = operations;
    this.tokens = tokens;
    this.hidden = hidden;
  }

  void add(FeedForward feedForward, int layer) {
    switch (feedForward) {
      case DenseFeedForward dense -> dense("ffn_", dense, layer);
      case MixtureOfExperts experts -> experts(experts, layer);
    }
  }

  private void dense(String prefix, DenseFeedForward dense, int layer) {
    long intermediate = dense.intermediateSize();
    operation(prefix + inputProjection(dense), layer)
        .linear(Component.FEED_FORWARD, tokens, hidden, dense.inputProjectionWidth(), dense.bias())
        .addTo(operations);
    activation(prefix, dense, layer, tokens);
    operation(prefix + "down", layer)
        .linear(Component.FEED_FORWARD, tokens, intermediate, hidden, dense.bias())
        .residual(tokens, hidden)
        .addTo(operations);
  }

  /** Reads the projections, writes their activation. */
  private void activation(String prefix, DenseFeedForward dense, int layer, long rows) {
    long intermediate = dense.intermediateSize();
    boolean isSwiglu = dense.isGated() && dense.activation() == Activation.SILU;
    String name = isSwiglu ? "swiglu" : "activation";
    operation(prefix.equals("ffn_") ? name : prefix + name, layer)
        .flops(rows, intermediate, dense.activationFlops())
        .activations(rows, dense.inputProjectionWidth() + intermediate)
        .addTo(operations);
  }

  /**
   * The router scores each expert; each token passes k of them, whose outputs are scaled and added
   * to the residual stream: 2h FLOPs each. Inputs are read once, whatever the number of experts
   * that use them. A score's softmax is counted over all experts; a sigmoid with a correction is as
   * much.
   */
  private void experts(MixtureOfExperts experts, int layer) {
    long numExperts = experts.numExperts();
    operation("router", layer)
        .linear(Component.ROUTER, tokens, hidden, numExperts, experts.routerBias())
        .flops(tokens, numExperts, ROUTER_SOFTMAX_FLOPS)
        .addTo(operations);
    DenseFeedForward expert = experts.expert();
    long rows = Math.multiplyExact(tokens, experts.numExpertsPerToken());
    long intermediate = expert.intermediateSize();
    long width = expert.inputProjectionWidth();
    expertProjection("experts_" + inputProjection(expert), experts, layer, hidden, width)
        .activations(tokens, hidden)
        .activations(rows, width)
        .addTo(operations);
    activation("experts_", expert, layer, rows);
    expertProjection("experts_down", experts, layer, intermediate, hidden)
        .activations(rows, intermediate)
        .flops(2, rows, hidden)
        .activations(2, tokens, hidden)
        .addTo(operations);
    experts.sharedExpert().ifPresent(shared -> dense("shared_expert_", shared, layer));
    if (experts.hasSharedGate()) {
      operation("shared_expert_gate", layer)
          .linear(Component.ROUTER, tokens, hidden, 1, false)
          .flops(tokens, SIGMOID_FLOPS)
          .flops(tokens, hidden)
          .activations(2, tokens, hidden)
          .addTo(operations);
    }
  }

  private OperationCounter expertProjection(
      String name, MixtureOfExperts experts, int layer, long inputs, long outputs) {
    long rows = Math.multiplyExact(tokens, experts.numExpertsPerToken());
    boolean bias = experts.expert().bias();
    OperationCounter one = operation(name, layer).matrix(Component.FEED_FORWARD, outputs, inputs);
    if (bias) {
      one.vector(outputs);
    }
    OperationCounter all =
        operation(name, layer)
            .multiplyAdds(rows, inputs, outputs)
            .weightBytes(options.expertsTouched().bytes(experts, tokens, one.weightBytes()));
    return bias ? all.flops(rows, outputs) : all;
  }

  private static String inputProjection(DenseFeedForward dense) {
    return dense.isGated() ? "gate_up" : "up";
  }

  private OperationCounter operation(String name, int layer) {
    return new OperationCounter(options, name, layer);
  }
}
