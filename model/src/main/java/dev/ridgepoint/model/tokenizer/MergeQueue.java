package dev.ridgepoint.model.tokenizer;

import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * Merges neighbours of a sequence of symbols, always the pair of the lowest rank and of these the
 * leftmost, until no pair merges: the algorithm of byte-pair encoding (Sennrich et al. 2016,
 * arXiv:1508.07909), in O(n log n) by a queue of the pairs that could merge.
 */
final class MergeQueue {

  /** Which pairs merge. */
  interface Merges {
    /** No merge. */
    long NONE = -1;

    /** The merge of two symbols as {@link #packed} makes it, or {@link #NONE}. */
    long of(int left, int right);

    /** The symbol that {@code merge} makes of its pair. */
    static int symbol(long merge) {
      return (int) merge;
    }

    /** How late it comes. */
    static int rank(long merge) {
      return (int) (merge >> Integer.SIZE);
    }

    /** A merge. */
    static long packed(int rank, int symbol) {
      return ((long) rank << Integer.SIZE) | symbol;
    }
  }

  private static final int ABSENT = -1;

  private final Merges merges;
  private final int[] symbols;
  private final int[] next;
  private final int[] previous;
  // Rank and place of the left symbol: sorted by rank, then from left to right.
  private final PriorityQueue<Long> queue = new PriorityQueue<>();

  private MergeQueue(int[] symbols, Merges merges) {
    this.merges = merges;
    this.symbols = symbols;
    next = new int[symbols.length];
    previous = new int[symbols.length];
    Arrays.setAll(next, i -> i + 1 == symbols.length ? ABSENT : i + 1);
    Arrays.setAll(previous, i -> i - 1);
  }

  /** What {@code symbols}, which are overwritten, become. */
  static int[] merge(int[] symbols, Merges merges) {
    return symbols.length < 2 ? symbols : new MergeQueue(symbols, merges).run();
  }

  private int[] run() {
    for (int i = 0; i < symbols.length; i++) {
      offer(i);
    }
    int left = symbols.length;
    while (!queue.isEmpty()) {
      long entry = queue.remove();
      int place = (int) entry;
      long merge = mergeAt(place);
      // The pair may have changed since it was queued; what it has become has its own entry.
      if (merge == Merges.NONE || Merges.rank(merge) != (int) (entry >> Integer.SIZE)) {
        continue;
      }
      symbols[place] = Merges.symbol(merge);
      remove(next[place]);
      left--;
      offer(place);
      if (previous[place] != ABSENT) {
        offer(previous[place]);
      }
    }
    int[] merged = new int[left];
    for (int i = 0, place = 0; i < left; i++, place = next[place]) {
      merged[i] = symbols[place];
    }
    return merged;
  }

  private void offer(int place) {
    long merge = mergeAt(place);
    if (merge != Merges.NONE) {
      queue.add(Merges.packed(Merges.rank(merge), place));
    }
  }

  private long mergeAt(int place) {
    int right = next[place];
    return right == ABSENT ? Merges.NONE : merges.of(symbols[place], symbols[right]);
  }

  private void remove(int place) {
    int before = previous[place];
    int after = next[place];
    next[before] = after;
    if (after != ABSENT) {
      previous[after] = before;
    }
    next[place] = ABSENT; // so that its entries find no pair
  }
}
