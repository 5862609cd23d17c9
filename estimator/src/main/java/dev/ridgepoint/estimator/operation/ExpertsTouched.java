package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.MixtureOfExperts;

/** How many different experts the tokens of a step are taken to pass: it decides what is read. */
public enum ExpertsTouched {
  /** All tokens choose the same: the lower bound. */
  FEWEST,
  /** Each token chooses independently and uniformly. */
  EXPECTED,
  /** As few tokens as possible choose the same: the upper bound. */
  MOST;

  /** The bytes that are read of experts of {@code bytesOfOne} by {@code tokens} tokens. */
  long bytes(MixtureOfExperts experts, long tokens, long bytesOfOne) {
    return switch (this) {
      case FEWEST -> Math.multiplyExact(experts.fewestExpertsTouched(tokens), bytesOfOne);
      case EXPECTED -> Math.round(experts.expectedExpertsTouched(tokens) * bytesOfOne);
      case MOST -> Math.multiplyExact(experts.mostExpertsTouched(tokens), bytesOfOne);
    };
  }
}
