package dev.ridgepoint.model.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Learns the merges of byte-pair encoding from words and how often each occurs: the pair of
 * neighbours that occurs most often becomes a symbol, again and again (Sennrich et al. 2016,
 * arXiv:1508.07909). Of pairs that occur equally often the one of the lower left symbol merges
 * first, then of the lower right one, as in Hugging Face's tokenizers. Counts are kept up to date:
 * a merge only visits the words that have its pair.
 */
final class MergeLearner {

  /** A merge of two symbols; the n-th one makes the symbol {@code alphabet + n}. */
  record Pair(int left, int right) {}

  private record Candidate(Pair pair, long count) {}

  /** A pair that occurs once is a quirk of the text. */
  private static final long MIN_COUNT = 2;

  private final int[][] words;
  private final long[] wordCounts;
  private final Map<Pair, Long> counts = new HashMap<>();
  // Words that have or had the pair.
  private final Map<Pair, List<Integer>> places = new HashMap<>();
  // A count falls after its candidate is in the queue, but never rises: the best one is corrected
  // when it comes up.
  private final PriorityQueue<Candidate> queue =
      new PriorityQueue<>(
          Comparator.comparingLong(Candidate::count)
              .reversed()
              .thenComparingInt(candidate -> candidate.pair().left())
              .thenComparingInt(candidate -> candidate.pair().right()));

  private MergeLearner(int[][] words, long[] wordCounts) {
    this.words = words;
    this.wordCounts = wordCounts;
    for (int word = 0; word < words.length; word++) {
      count(word, wordCounts[word]);
    }
    counts.forEach((pair, count) -> queue.add(new Candidate(pair, count)));
  }

  /**
   * At most {@code merges} merges, in the order in which they are made; fewer if no pair is left
   * that occurs twice.
   *
   * @param words the symbols of each, below {@code alphabet}; overwritten
   * @param wordCounts how often each occurs
   */
  static List<Pair> learn(int[][] words, long[] wordCounts, int alphabet, int merges) {
    MergeLearner learner = new MergeLearner(words, wordCounts);
    List<Pair> learnt = new ArrayList<>();
    while (learnt.size() < merges) {
      Pair best = learner.best();
      if (best == null) {
        break;
      }
      learner.merge(best, alphabet + learnt.size());
      learnt.add(best);
    }
    return learnt;
  }

  /** The most frequent pair, or null. */
  private Pair best() {
    while (!queue.isEmpty()) {
      Candidate candidate = queue.poll();
      long count = counts.getOrDefault(candidate.pair(), 0L);
      if (count < MIN_COUNT) {
        continue;
      }
      if (count == candidate.count()) {
        return candidate.pair();
      }
      queue.add(new Candidate(candidate.pair(), count));
    }
    return null;
  }

  private void merge(Pair pair, int symbol) {
    Set<Pair> made = new LinkedHashSet<>();
    for (int word : places.remove(pair)) {
      count(word, -wordCounts[word]);
      words[word] = merged(words[word], pair, symbol);
      count(word, wordCounts[word]);
      forEachPair(
          words[word],
          each -> {
            if (each.left() == symbol || each.right() == symbol) {
              made.add(each);
            }
          });
    }
    counts.remove(pair);
    made.forEach(each -> queue.add(new Candidate(each, counts.get(each))));
  }

  private interface PairConsumer {
    void accept(Pair pair);
  }

  private static void forEachPair(int[] word, PairConsumer consumer) {
    for (int i = 1; i < word.length; i++) {
      consumer.accept(new Pair(word[i - 1], word[i]));
    }
  }

  private void count(int word, long change) {
    forEachPair(
        words[word],
        pair -> {
          counts.merge(pair, change, Long::sum);
          if (change > 0) {
            addPlace(places.computeIfAbsent(pair, _ -> new ArrayList<>()), word);
          }
        });
  }

  /** A word that has a pair twice is visited once. */
  private static void addPlace(List<Integer> places, int word) {
    if (places.isEmpty() || places.getLast() != word) {
      places.add(word);
    }
  }

  private static int[] merged(int[] word, Pair pair, int symbol) {
    int[] merged = new int[word.length];
    int length = 0;
    for (int i = 0; i < word.length; i++) {
      boolean found = i + 1 < word.length && word[i] == pair.left() && word[i + 1] == pair.right();
      merged[length++] = found ? symbol : word[i];
      if (found) {
        i++;
      }
    }
    return Arrays.copyOf(merged, length);
  }
}
