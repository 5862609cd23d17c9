package dev.ridgepoint.estimator.architecture;

/** What the rows or the columns of a weight tensor stand for. */
public enum TensorAxis {
  /** Tokens of the vocabulary. */
  VOCABULARY,
  /** Elements of the residual stream. */
  HIDDEN,
  /** Elements of an embedding's row, where they are not those of the residual stream. */
  EMBEDDING_WIDTH,
  /** Positions, distances or types of tokens. */
  POSITIONS,
  /** The elements of all query heads, one head after the other. */
  QUERY_HEADS,
  /** The elements of all key or value heads, one head after the other. */
  KEY_VALUE_HEADS,
  /** The elements of one head, or of all of them where each has its own. */
  HEAD,
  /** Elements of a latent. */
  LATENT,
  /** Elements between the projections of a feed-forward. */
  INTERMEDIATE,
  /** Elements of a recurrent mixer's own width. */
  INNER,
  /** Experts. */
  EXPERTS,
  /** No axis: a vector. */
  ONE
}
