package dev.ridgepoint.estimator.architecture;

import java.util.List;

/**
 * The part of a layer that lets a token take in others of its sequence: attention, which keeps
 * something of every position, or a recurrence, which keeps a state of constant size.
 */
public sealed interface TokenMixer permits Attention, RecurrentMixer {
  /** The weights, for a residual stream of {@code hiddenSize}. */
  List<WeightTensor> weights(int hiddenSize);
}
