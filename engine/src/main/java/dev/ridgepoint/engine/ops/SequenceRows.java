package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.panels.KvCache;

/**
 * Which rows of a step's activations belong to one sequence: new tokens that come after those that
 * its cache holds.
 *
 * @param cache the sequence's keys and values
 * @param first its first row
 * @param count its rows: one per new token
 * @param logits the last of them, whose logits are wanted: 0..count
 */
public record SequenceRows(KvCache cache, int first, int count, int logits) {
  /** The position, from 0, of its first new token. */
  public int position() {
    return cache.length();
  }
}
