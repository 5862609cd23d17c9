package dev.ridgepoint.estimator.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One layer.
 *
 * @param attention self-attention
 * @param crossAttention attention to the encoder's output; only in the decoder of an
 *     encoder-decoder
 * @param feedForward dense, or a mixture of experts
 * @param norms where rows are normalised
 */
public record Layer(
    Attention attention,
    Optional<GroupedQueryAttention> crossAttention,
    FeedForward feedForward,
    LayerNorms norms) {

  public Layer {
    Objects.requireNonNull(attention, "attention");
    Objects.requireNonNull(crossAttention, "crossAttention");
    Objects.requireNonNull(feedForward, "feedForward");
    Objects.requireNonNull(norms, "norms");
  }

  /** A layer without cross-attention. */
  public Layer(Attention attention, FeedForward feedForward, LayerNorms norms) {
    this(attention, Optional.empty(), feedForward, norms);
  }

  /** The weights, for a residual stream of {@code hiddenSize}. */
  public List<WeightTensor> weights(int hiddenSize) {
    List<WeightTensor> weights = new ArrayList<>(attention.weights(hiddenSize));
    crossAttention.ifPresent(
        cross ->
            cross
                .weights(hiddenSize)
                .forEach(t -> weights.add(t.of(WeightTensor.Owner.CROSS_ATTENTION))));
    weights.addAll(feedForward.weights(hiddenSize));
    weights.addAll(norms.weights(hiddenSize, crossAttention.isPresent()));
    return weights;
  }
}
