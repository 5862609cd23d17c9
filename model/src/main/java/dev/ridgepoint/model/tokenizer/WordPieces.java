package dev.ridgepoint.model.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** BERT's WordPiece: the longest token that a word begins with, then the longest that goes on. */
final class WordPieces implements TokenModel {
  private final Vocabulary vocabulary;
  private final String initialPrefix;
  private final String continuingPrefix;
  private final OptionalInt unknown;
  private final int maxChars;
  private final int longest;

  /**
   * @param initialPrefix what the tokens begin with that begin a word
   * @param continuingPrefix what the others begin with
   * @param unknown the token of a word that cannot be cut
   * @param maxChars the characters of a word that is not unknown
   */
  WordPieces(
      Vocabulary vocabulary,
      String initialPrefix,
      String continuingPrefix,
      OptionalInt unknown,
      int maxChars) {
    this.vocabulary = vocabulary;
    this.initialPrefix = initialPrefix;
    this.continuingPrefix = continuingPrefix;
    this.unknown = unknown;
    this.maxChars = maxChars;
    longest =
        IntStream.range(0, vocabulary.size())
            .map(id -> vocabulary.piece(id).map(String::length).orElse(0))
            .max()
            .orElse(0);
  }

  @Override
  public void tokenize(String word, IntConsumer ids) {
    List<Integer> found = new ArrayList<>();
    int start = word.codePointCount(0, word.length()) > maxChars ? -1 : 0;
    while (start >= 0 && start < word.length()) {
      start = longestAt(word, start, found);
    }
    if (start < 0) {
      unknown.ifPresent(ids);
    } else {
      found.forEach(ids::accept);
    }
  }

  /** Adds the longest token at {@code start} and says where it ends, or -1 if there is none. */
  private int longestAt(String word, int start, List<Integer> found) {
    String prefix = start == 0 ? initialPrefix : continuingPrefix;
    int most = Math.max(0, longest - prefix.length());
    for (int end = (int) Math.min(word.length(), (long) start + most); end > start; end--) {
      OptionalInt id = vocabulary.id(prefix + word.substring(start, end));
      if (id.isPresent()) {
        found.add(id.getAsInt());
        return end;
      }
    }
    return -1;
  }
}
