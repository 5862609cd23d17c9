package dev.ridgepoint.estimator.architecture;

import java.util.List;

/** The part of a layer that works on each token by itself. */
public sealed interface FeedForward permits DenseFeedForward, MixtureOfExperts {
  /** The weights, for a residual stream of {@code hiddenSize}. */
  List<WeightTensor> weights(int hiddenSize);
}
