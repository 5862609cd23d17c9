package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.CausalConvolution;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/**
 * Convolves each channel with its last positions: a product and an add for each tap. The inputs of
 * a sequence that its next tokens see are read before and written after, once per step.
 *
 * @param weights taps and biases
 * @param activation of the sum
 */
public record Convolve(
    String name,
    int layer,
    CausalConvolution convolution,
    List<WeightTensor> weights,
    Activation activation)
    implements Operation {
  private static final long FLOPS_PER_TAP = 2;

  public Convolve {
    weights = List.copyOf(weights);
  }

  @Override
  public Cost cost(StepWork work) {
    long channels = convolution.channels();
    long flops =
        FLOPS_PER_TAP * convolution.kernelSize()
            + (convolution.bias() ? 1 : 0)
            + activation.flops();
    return work.counter()
        .flops(work.tokens(), channels, flops)
        .weights(layer, weights)
        .activations(2, work.tokens(), channels)
        .state(work.rows(Rows.SEQUENCES), convolution.stateElements())
        .cost();
  }
}
