package dev.ridgepoint.estimator.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Two projections with a nonlinearity between (Vaswani et al. 2017, arXiv:1706.03762), or three
 * when gated (Shazeer 2020, arXiv:2002.05202). With h the hidden size and I the intermediate one it
 * holds 2hI or 3hI weights.
 *
 * @param intermediateSize width between the projections
 * @param isGated whether a second projection is multiplied with the first one's activation
 * @param activation the nonlinearity
 * @param bias whether all projections have biases
 * @param innerNorm of what the activation puts out (BitNet b1.58)
 */
public record DenseFeedForward(
    int intermediateSize, boolean isGated, Activation activation, boolean bias, Norm innerNorm)
    implements FeedForward {

  /**
   * @throws IllegalArgumentException one line with the field and its value
   */
  public DenseFeedForward {
    Limits.requireSize("intermediate_size", intermediateSize, Limits.MAX_INTERMEDIATE);
    Objects.requireNonNull(activation, "activation");
    Objects.requireNonNull(innerNorm, "innerNorm");
  }

  /** Without a norm inside. */
  public DenseFeedForward(
      int intermediateSize, boolean isGated, Activation activation, boolean bias) {
    this(intermediateSize, isGated, activation, bias, Norm.NONE);
  }

  /** The same with another width between the projections. */
  public DenseFeedForward withIntermediateSize(int other) {
    return new DenseFeedForward(other, isGated, activation, bias, innerNorm);
  }

  /** Outputs of the projections into the feed-forward: I, or 2I when gated. */
  public long inputProjectionWidth() {
    return isGated ? 2L * intermediateSize : intermediateSize;
  }

  /** FLOPs of the activation per element, the product with the gated projection included. */
  public int activationFlops() {
    return activation.flops() + (isGated ? 1 : 0);
  }

  @Override
  public List<WeightTensor> weights(int hiddenSize) {
    List<WeightTensor> weights = new ArrayList<>();
    if (isGated) {
      projection(weights, TensorRole.FEED_FORWARD_GATE, intermediateSize, hiddenSize);
    }
    projection(weights, TensorRole.FEED_FORWARD_UP, intermediateSize, hiddenSize);
    projection(weights, TensorRole.FEED_FORWARD_DOWN, hiddenSize, intermediateSize);
    if (activation.parameters() > 0) {
      weights.add(
          WeightTensor.vector(
              TensorRole.ACTIVATION, WeightTensor.Part.WEIGHT, activation.parameters()));
    }
    weights.addAll(innerNorm.weights(TensorRole.ACTIVATED_NORM, intermediateSize));
    return weights;
  }

  private void projection(List<WeightTensor> weights, TensorRole role, long outputs, long inputs) {
    weights.add(WeightTensor.matrix(role, outputs, inputs));
    if (bias) {
      weights.add(WeightTensor.vector(role, WeightTensor.Part.BIAS, outputs));
    }
  }
}
