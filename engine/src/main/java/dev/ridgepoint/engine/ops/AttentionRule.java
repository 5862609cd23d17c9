package dev.ridgepoint.engine.ops;

import java.util.List;

/**
 * What an operation of attention computes: see {@link Attention} and {@link AttendLatents}.
 *
 * @param queries of what every head's query consists, one after the other
 * @param layer of the caches
 * @param scale of the scores
 * @param softCap of the scores; 0 for none
 * @param window positions that a token sees at most, itself included; {@link Integer#MAX_VALUE} for
 *     all
 * @param sinks {@code [heads]}, or null for none
 */
record AttentionRule(
    List<HeadPart> queries, int layer, float scale, float softCap, int window, float[] sinks) {

  /** Query heads. */
  int heads() {
    return queries.getFirst().heads();
  }
}
