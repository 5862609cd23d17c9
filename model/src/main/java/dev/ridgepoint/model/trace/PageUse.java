package dev.ridgepoint.model.trace;

import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.PagePool;
import java.util.BitSet;
import java.util.List;

/**
 * Pages of a pool that running sequences held.
 *
 * @param pool all of them
 * @param pageBytes of each
 * @param most at once
 * @param mostSaved at once: how many more it would have been without sharing
 */
public record PageUse(int pool, long pageBytes, int most, int mostSaved) {

  static PageUse none(PagePool pool) {
    return new PageUse(pool.pages(), pool.layout().pageBytes(), 0, 0);
  }

  /** After a further step. */
  PageUse with(List<KvCache> running) {
    BitSet all = new BitSet();
    int ofEach = 0;
    for (KvCache cache : running) {
      BitSet pages = cache.pages();
      ofEach += pages.cardinality();
      all.or(pages);
    }
    int held = all.cardinality();
    return new PageUse(pool, pageBytes, Math.max(most, held), Math.max(mostSaved, ofEach - held));
  }

  /** Bytes of those pages. */
  public long mostBytes() {
    return most * pageBytes;
  }

  /** Bytes of those pages. */
  public long mostSavedBytes() {
    return mostSaved * pageBytes;
  }
}
