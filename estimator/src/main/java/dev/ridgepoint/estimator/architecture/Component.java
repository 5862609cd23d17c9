package dev.ridgepoint.estimator.architecture;

import java.util.Locale;

/** The parts of a model that parameters and their bytes are reported by. */
public enum Component {
  /** Token embedding and its projections. A tied output head is counted here. */
  EMBEDDING,
  /** Learned positions, token types, relative position tables. */
  POSITIONS,
  /** Projections, biases and sinks of self- and cross-attention. */
  ATTENTION,
  /** Recurrent mixers: linear attention, state spaces, gated convolutions. */
  RECURRENCE,
  /** Projections and biases of dense feed-forwards and of experts. */
  FEED_FORWARD,
  /** The matrices that choose experts, and the gates of shared experts. */
  ROUTER,
  /** All normalisations. */
  NORMS,
  /** An output head of its own, or a pooler. */
  HEAD;

  /** As reports spell it, such as {@code feedForward}. */
  public String label() {
    return this == FEED_FORWARD ? "feedForward" : name().toLowerCase(Locale.ROOT);
  }
}
