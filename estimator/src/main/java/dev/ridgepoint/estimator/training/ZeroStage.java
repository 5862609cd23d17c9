package dev.ridgepoint.estimator.training;

import java.util.Arrays;
import java.util.Optional;

/**
 * What data-parallel ranks share instead of copying: of a shared state, each of n ranks holds 1/n.
 * Source: Rajbhandari et al. 2020, arXiv:1910.02054, section 5 and figure 1.
 */
public enum ZeroStage {
  /** Every rank holds everything. */
  NONE(0),
  /** Optimizer states and master weights: ZeRO-1, P_os. */
  OPTIMIZER(1),
  /** Gradients too: ZeRO-2, P_os+g. */
  GRADIENTS(2),
  /** Weights too: ZeRO-3, P_os+g+p. */
  WEIGHTS(3);

  private final int number;

  ZeroStage(int number) {
    this.number = number;
  }

  /** As papers and tools number them, from 0. */
  public int number() {
    return number;
  }

  /** The stage of that number, if there is one. */
  public static Optional<ZeroStage> numbered(int number) {
    return Arrays.stream(values()).filter(stage -> stage.number == number).findFirst();
  }

  /** Whether the ranks share states of this kind. */
  public boolean shares(ModelState.Kind kind) {
    return switch (kind) {
      case OPTIMIZER -> this != NONE;
      case GRADIENTS -> this == GRADIENTS || this == WEIGHTS;
      case WEIGHTS -> this == WEIGHTS;
    };
  }
}
