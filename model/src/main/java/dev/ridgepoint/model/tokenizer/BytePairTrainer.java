package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.tokenizer.MergeLearner.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Makes a byte-level byte-pair encoding of texts: any text can be written in its tokens, and what
 * is frequent in those texts in few. Texts are cut into words as GPT-2 does.
 */
public final class BytePairTrainer {
  /** Begins a text. */
  public static final String BOS = "<s>";

  /** Ends a text. */
  public static final String EOS = "</s>";

  private static final List<String> SPECIAL = List.of(BOS, EOS);
  private static final int BYTES = 256;

  /** The special tokens and the 256 bytes: the smallest vocabulary. */
  public static final int MIN_VOCABULARY = SPECIAL.size() + BYTES;

  private final PreTokenizer words = KnownPreTokenizers.gpt2("the trainer");
  // Sorted, so that what is learnt does not depend on the texts' order.
  private final Map<String, Long> counts = new TreeMap<>();

  /** Counts the words of a text. */
  public void add(String text) {
    words.split(text, true).forEach(word -> counts.merge(word, 1L, Long::sum));
  }

  /**
   * Learns from the texts so far.
   *
   * @param vocabularySize the number of tokens; fewer are made if the texts repeat too little
   * @throws InvalidInputException if it is less than {@link #MIN_VOCABULARY} or more than any model
   *     has
   */
  public TrainedTokenizer train(int vocabularySize) {
    if (vocabularySize < MIN_VOCABULARY || vocabularySize > Vocabulary.MAX_SIZE) {
      throw new InvalidInputException(
          "vocabulary size",
          String.format(
              Locale.ROOT,
              "%d is not in %d..%d",
              vocabularySize,
              MIN_VOCABULARY,
              Vocabulary.MAX_SIZE));
    }
    List<String> pieces = new ArrayList<>(SPECIAL);
    ByteLevel.alphabet().forEach(character -> pieces.add(Character.toString(character)));
    int[] ids = new int[pieces.getLast().charAt(0) + 1];
    IntStream.range(SPECIAL.size(), pieces.size())
        .forEach(id -> ids[pieces.get(id).charAt(0)] = id);
    int[][] symbols =
        counts.keySet().stream()
            .map(word -> ByteLevel.encode(word).chars().map(character -> ids[character]).toArray())
            .toArray(int[][]::new);
    long[] symbolCounts = counts.values().stream().mapToLong(Long::longValue).toArray();
    List<TrainedTokenizer.Merge> merges = new ArrayList<>();
    for (Pair pair :
        MergeLearner.learn(symbols, symbolCounts, pieces.size(), vocabularySize - pieces.size())) {
      String left = pieces.get(pair.left());
      String right = pieces.get(pair.right());
      merges.add(new TrainedTokenizer.Merge(left, right));
      pieces.add(left + right);
    }
    return new TrainedTokenizer(SPECIAL, pieces, merges);
  }
}
