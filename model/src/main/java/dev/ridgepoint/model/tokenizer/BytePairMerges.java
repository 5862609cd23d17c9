package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Byte-pair encoding by a list of merges: a word begins as its characters, and pairs merge in the
 * order of the list.
 */
final class BytePairMerges implements TokenModel {

  /**
   * How words begin and what needs no merges.
   *
   * @param continuingPrefix what the tokens begin with that do not begin a word
   * @param wordSuffix what the tokens end with that end a word
   * @param wholeWords whether a word that is a token is that token, whatever the merges say
   */
  record Words(String continuingPrefix, String wordSuffix, boolean wholeWords) {
    static final Words PLAIN = new Words("", "", false);
    static final Words WHOLE = new Words("", "", true);
  }

  /** A merge as files have it. */
  record Merge(String left, String right) {}

  private final Vocabulary vocabulary;
  private final PairRanks ranks;
  private final Words words;
  private final UnknownPieces unknown;

  private BytePairMerges(
      Vocabulary vocabulary, PairRanks ranks, Words words, UnknownPieces unknown) {
    this.vocabulary = vocabulary;
    this.ranks = ranks;
    this.words = words;
    this.unknown = unknown;
  }

  /**
   * Checks the merges.
   *
   * @param source the file, for messages
   * @param field the merges' name in messages
   * @param merges the first to be made first
   */
  static BytePairMerges of(
      String source,
      String field,
      Vocabulary vocabulary,
      List<Merge> merges,
      Words words,
      UnknownPieces unknown) {
    if (merges.size() > PairRanks.MAX_MERGES) {
      throw new InvalidInputException(
          source,
          String.format(
              Locale.ROOT,
              "%s has %d entries; at most %d",
              field,
              merges.size(),
              PairRanks.MAX_MERGES));
    }
    int[] left = new int[merges.size()];
    int[] right = new int[merges.size()];
    int[] merged = new int[merges.size()];
    for (int rank = 0; rank < merged.length; rank++) {
      Merge merge = merges.get(rank);
      String what = String.format(Locale.ROOT, "%s[%d]", field, rank);
      left[rank] = id(source, what, vocabulary, merge.left());
      right[rank] = id(source, what, vocabulary, merge.right());
      String rest =
          merge.right().startsWith(words.continuingPrefix())
              ? merge.right().substring(words.continuingPrefix().length())
              : merge.right();
      merged[rank] = id(source, what, vocabulary, merge.left() + rest);
    }
    return new BytePairMerges(vocabulary, PairRanks.of(left, right, merged), words, unknown);
  }

  private static int id(String source, String what, Vocabulary vocabulary, String piece) {
    return vocabulary
        .id(piece)
        .orElseThrow(
            () ->
                new InvalidInputException(
                    source, "%s needs the token %s".formatted(what, Shown.quote(piece))));
  }

  @Override
  public void tokenize(String word, IntConsumer ids) {
    OptionalInt whole = words.wholeWords() ? vocabulary.id(word) : OptionalInt.empty();
    if (whole.isPresent()) {
      ids.accept(whole.getAsInt());
      return;
    }
    for (int id : MergeQueue.merge(characters(word), ranks)) {
      ids.accept(id);
    }
  }

  private int[] characters(String word) {
    IntStream.Builder symbols = IntStream.builder();
    boolean afterUnknown = false;
    for (int start = 0, end; start < word.length(); start = end) {
      end = word.offsetByCodePoints(start, 1);
      String character = word.substring(start, end);
      OptionalInt id =
          vocabulary.id(
              (start == 0 ? "" : words.continuingPrefix())
                  + character
                  + (end == word.length() ? words.wordSuffix() : ""));
      if (id.isPresent()) {
        symbols.add(id.getAsInt());
      } else {
        for (int each : unknown.ids(character, afterUnknown)) {
          symbols.add(each);
        }
      }
      afterUnknown = id.isEmpty();
    }
    return symbols.build().toArray();
  }
}
