package dev.ridgepoint.estimator.operation;

/** Where activations lie between operations. A layer uses the same ones as the layer before it. */
public enum Buffer {
  /** The rows of the embedding's table, where they are not the residual stream. */
  EMBEDDED,
  /** The residual stream, to which every part of every layer adds. */
  RESIDUAL,
  /** Rows of the residual stream, normalised: what a part takes in. */
  NORMED,
  /** The layer's input normalised for a feed-forward that runs in parallel to attention. */
  PARALLEL_NORMED,
  /** Queries, keys and values, in this order. */
  QUERY_KEY_VALUE,
  /** Queries of cross-attention, or projected from a latent. */
  QUERIES,
  /** The latent of the queries. */
  QUERY_LATENT,
  /** The latent of keys and values, with the rotary key. */
  KEY_VALUE_LATENT,
  /** Queries of all heads, led to the latents that they attend. */
  LATENT_QUERIES,
  /** The weighted sums of latents, one head after the other. */
  ATTENDED_LATENTS,
  /** The weighted sums of values, one head after the other. */
  ATTENDED,
  /** What a layer's additions work on, and rows of all layers. */
  SIDE,
  /** Further residual streams. */
  STREAMS,
  /** Queries, keys and weights of a sparse attention's indexer. */
  INDEX,
  /** What a recurrent mixer works on, in its own width. */
  MIXER,
  /** What a recurrent mixer puts out, before its projection. */
  MIXED,
  /** Gate and up projections, in this order, or the one projection without a gate. */
  FEED_FORWARD,
  /** What the activation makes of them. */
  ACTIVATED,
  /** What a part puts out, where it is normalised before it is added to the residual stream. */
  BRANCH,
  /** A score per expert. */
  EXPERT_SCORES,
  /** Rows of the residual stream sorted by the expert that takes them in, or puts them out. */
  EXPERT_ROWS,
  /** What the shared expert puts out, where a gate scales it. */
  SHARED_EXPERT,
  /** Rows of the residual stream whose logits are wanted, normalised. */
  LAST_NORMED,
  /** The same, as wide as the embedding where that differs. */
  LAST_PROJECTED,
  /** A row per sequence. */
  POOLED,
  LOGITS
}
