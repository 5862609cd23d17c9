package dev.ridgepoint.estimator.operation;

/** What the rows of an operation's activations stand for. */
public enum Rows {
  /** The new tokens of all sequences. */
  TOKENS,
  /** The positions of all sequences that get logits. */
  LOGITS,
  /** The sequences. */
  SEQUENCES
}
