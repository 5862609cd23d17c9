package dev.ridgepoint.estimator.architecture;

import static java.lang.Math.addExact;

import java.util.Optional;

/**
 * A mixer whose sequence is a state of constant size: what a token leaves to those behind it does
 * not grow with the positions.
 */
public sealed interface RecurrentMixer extends TokenMixer
    permits GatedConvolution, GatedDeltaNet, LightningAttention, Mamba, Mamba2 {
  /** The convolution over the last positions, if there is one. */
  Optional<CausalConvolution> convolution();

  /** Elements of what the recurrence keeps of a sequence. */
  long recurrentStateElements();

  /** Elements that a sequence keeps in this layer: the recurrence's and the convolution's. */
  default long stateElements() {
    long kept = convolution().map(CausalConvolution::stateElements).orElse(0L);
    return addExact(recurrentStateElements(), kept);
  }

  /** The widest of what it holds of a token at once: projections, what it mixes of them, output. */
  long tokenElements();
}
