package dev.ridgepoint.model.tokenizer;

import java.util.Comparator;
import java.util.List;

/**
 * Texts with ids, sorted, to find those that a longer text has at some place: one character after
 * the other narrows the range of those that begin so.
 */
final class PrefixIndex {

  /** Told of each text that is found. */
  interface Match {
    /**
     * @param end where it ends in the longer text
     */
    void found(int id, int end);
  }

  /** A text and its id. */
  record Entry(String text, int id) {}

  private final String[] texts;
  private final int[] ids;

  /**
   * @param entries whose texts differ, none of them empty
   */
  PrefixIndex(List<Entry> entries) {
    List<Entry> sorted = entries.stream().sorted(Comparator.comparing(Entry::text)).toList();
    texts = sorted.stream().map(Entry::text).toArray(String[]::new);
    ids = sorted.stream().mapToInt(Entry::id).toArray();
  }

  /** Tells {@code match} of all texts that {@code text} has at {@code start}, shortest first. */
  void match(String text, int start, Match match) {
    int low = 0;
    int high = texts.length;
    for (int end = start; end < text.length() && low < high; end++) {
      int depth = end - start;
      char next = text.charAt(end);
      low = firstNotBelow(low, high, depth, next);
      high = firstNotBelow(low, high, depth, (char) (next + 1));
      if (low < high && texts[low].length() == depth + 1) {
        match.found(ids[low], end + 1);
      }
    }
  }

  /** The first of a range whose character at {@code depth} is not below {@code bound}. */
  private int firstNotBelow(int from, int to, int depth, char bound) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = (low + high) >>> 1;
      // All of the range are equal up to depth, and what ends there sorts first.
      if (texts[middle].length() <= depth || texts[middle].charAt(depth) < bound) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
