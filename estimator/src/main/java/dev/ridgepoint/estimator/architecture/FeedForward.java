package dev.ridgepoint.estimator.architecture;

import java.util.List;

/** The part of a layer that works on each token by itself. */
public sealed interface FeedForward permits DenseFeedForward, MixtureOfExperts, FeedForward.None {
  /** The weights, for a residual stream of {@code hiddenSize}. */
  List<WeightTensor> weights(int hiddenSize);

  /** Nothing: the layer mixes tokens alone. */
  record None() implements FeedForward {
    @Override
    public List<WeightTensor> weights(int hiddenSize) {
      return List.of();
    }
  }
}
