package dev.ridgepoint.estimator.training;

/** Which activations are computed again in the backward pass instead of kept. */
public enum Checkpointing {
  /** All are kept. */
  NONE,
  /**
   * Scores, softmax and its dropout are computed again. Source: Korthikanti et al. 2022,
   * arXiv:2205.05198, section 5.
   */
  SELECTIVE,
  /**
   * Only the input of every segment of layers is kept. Source: Chen et al. 2016, arXiv:1604.06174.
   */
  FULL
}
