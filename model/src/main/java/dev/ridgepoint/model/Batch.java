package dev.ridgepoint.model;

import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.operation.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What one {@link Program#forward} works on: per sequence its cache and its new tokens. Prefill is
 * one entry with many tokens, decode many entries with one each.
 *
 * @param entries one per sequence, at least one, no cache twice
 */
public record Batch(List<Entry> entries) {

  /**
   * @param cache the sequence so far
   * @param tokens new tokens, at least one
   * @param logits positions, counted from the last, whose logits are wanted: 0..tokens.length
   */
  public record Entry(KvCache cache, int[] tokens, int logits) {}

  public Batch {
    entries = List.copyOf(entries);
    for (int i = 0; i < entries.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (entries.get(i).cache() == entries.get(j).cache()) {
          throw new IllegalArgumentException("entries " + j + " and " + i + " share a cache");
        }
      }
    }
  }

  /** New tokens of one sequence, of which the last one's logits are wanted. */
  public static Batch of(KvCache cache, int... tokens) {
    return new Batch(Collections.singletonList(new Entry(cache, tokens, 1)));
  }

  /** The same work as the estimator sees it. */
  public Step step() {
    List<Step.Sequence> sequences = new ArrayList<>();
    for (Entry entry : entries) {
      sequences.add(new Step.Sequence(entry.tokens.length, entry.cache.length(), entry.logits));
    }
    return new Step(sequences);
  }
}
