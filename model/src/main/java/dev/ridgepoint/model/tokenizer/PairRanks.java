package dev.ridgepoint.model.tokenizer;

import java.util.Arrays;

/** Which pairs of tokens merge, into what, and how early: a map without boxes. */
final class PairRanks implements MergeQueue.Merges {
  /** Bits of an id, and of a rank: two ids and a rank fit a non-negative {@code long}. */
  static final int ID_BITS = 21;

  /** More merges than any model has. */
  static final int MAX_MERGES = 1 << ID_BITS;

  // (left, right, rank), sorted.
  private final long[] keys;
  private final int[] merged;

  private PairRanks(long[] keys, int[] merged) {
    this.keys = keys;
    this.merged = merged;
  }

  /**
   * Of merges in the order of their rank; of a pair that is there twice the first counts.
   *
   * @param left the left token of each
   * @param right the right one
   * @param merged what they become
   */
  static PairRanks of(int[] left, int[] right, int[] merged) {
    long[] keys = new long[merged.length];
    Arrays.setAll(keys, rank -> pair(left[rank], right[rank]) | rank);
    Arrays.sort(keys);
    return new PairRanks(keys, merged);
  }

  private static long pair(int left, int right) {
    return (((long) left << ID_BITS) | right) << ID_BITS;
  }

  @Override
  public long of(int left, int right) {
    long pair = pair(left, right);
    int found = Arrays.binarySearch(keys, pair);
    int index = found < 0 ? -found - 1 : found;
    if (index == keys.length || (keys[index] >> ID_BITS) != (pair >> ID_BITS)) {
      return NONE;
    }
    int rank = (int) (keys[index] & (MAX_MERGES - 1));
    return MergeQueue.Merges.packed(rank, merged[rank]);
  }
}
