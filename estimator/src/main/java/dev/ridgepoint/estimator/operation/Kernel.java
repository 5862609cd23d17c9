package dev.ridgepoint.estimator.operation;

/** The kinds of work that share a kernel of the engine, and so its efficiency. */
public enum Kernel {
  /** Matrix products with weights: the projections and the output head. */
  LINEAR,
  /** Scores, softmax and values over the KV cache. */
  ATTENTION,
  /** RMSNorm, of the residual stream or of heads. */
  RMS_NORM,
  /** Rotary position embedding. */
  ROPE,
  /** A function of each element, as the feed-forward's gated activation. */
  SWIGLU,
  /** Gathering embedding rows, appending to the KV cache. */
  COPY
}
