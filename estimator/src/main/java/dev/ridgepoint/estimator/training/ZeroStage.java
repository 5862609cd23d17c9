package dev.ridgepoint.estimator.training;

/**
 * What data-parallel ranks share instead of copying: of a shared state, each of n ranks holds 1/n.
 * Source: Rajbhandari et al. 2020, arXiv:1910.02054, section 5 and figure 1.
 */
public enum ZeroStage {
  /** Every rank holds everything. */
  NONE,
  /** Optimizer states and master weights: ZeRO-1, P_os. */
  OPTIMIZER,
  /** Gradients too: ZeRO-2, P_os+g. */
  GRADIENTS,
  /** Weights too: ZeRO-3, P_os+g+p. */
  WEIGHTS;

  /** Whether the ranks share states of this kind. */
  public boolean shares(ModelState.Kind kind) {
    return switch (kind) {
      case OPTIMIZER -> this != NONE;
      case GRADIENTS -> this == GRADIENTS || this == WEIGHTS;
      case WEIGHTS -> this == WEIGHTS;
    };
  }
}
