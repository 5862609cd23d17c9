package dev.ridgepoint.estimator.training;

/** What is kept in the host's memory instead of the device's. */
public enum Offload {
  /** Nothing. */
  NONE,
  /**
   * Gradients, master weights and optimizer states; the host steps the optimizer. Source: Ren et
   * al. 2021, arXiv:2101.06840, section 3.
   */
  OPTIMIZER,
  /** Weights too. Source: Rajbhandari et al. 2021, arXiv:2104.07857, section 5.1. */
  EVERYTHING;

  /** Whether states of this kind are on the host. */
  public boolean moves(ModelState.Kind kind) {
    return switch (kind) {
      case OPTIMIZER, GRADIENTS -> this != NONE;
      case WEIGHTS -> this == EVERYTHING;
    };
  }
}
