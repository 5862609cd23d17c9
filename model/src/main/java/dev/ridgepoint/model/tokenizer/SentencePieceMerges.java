package dev.ridgepoint.model.tokenizer;

import java.util.Arrays;
import java.util.Comparator;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * SentencePiece's byte-pair encoding: two neighbours merge if together they are a token, the pair
 * of the best score first.
 */
final class SentencePieceMerges implements TokenModel {
  private final Vocabulary vocabulary;
  private final UnknownPieces unknown;
  // Of each token the place of its score among all, best first; equal scores have equal ranks.
  private final int[] ranks;
  private final boolean[] mergeable;
  private final int longest;

  /**
   * @param scores of each token, the best the greatest
   * @param mergeable whether text may become the token
   */
  SentencePieceMerges(
      Vocabulary vocabulary, float[] scores, boolean[] mergeable, UnknownPieces unknown) {
    this.vocabulary = vocabulary;
    this.unknown = unknown;
    this.mergeable = mergeable;
    ranks = ranks(scores);
    longest =
        IntStream.range(0, vocabulary.size())
            .map(id -> vocabulary.piece(id).map(String::length).orElse(0))
            .max()
            .orElse(0);
  }

  private static int[] ranks(float[] scores) {
    Integer[] order = new Integer[scores.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble((Integer id) -> scores[id]).reversed());
    int[] ranks = new int[scores.length];
    for (int i = 1; i < order.length; i++) {
      boolean tied = Float.compare(scores[order[i]], scores[order[i - 1]]) == 0;
      ranks[order[i]] = tied ? ranks[order[i - 1]] : i;
    }
    return ranks;
  }

  @Override
  public void tokenize(String word, IntConsumer ids) {
    int[] characters = word.codePoints().map(this::symbol).toArray();
    boolean afterUnknown = false;
    for (int symbol : MergeQueue.merge(characters, this::merge)) {
      boolean isUnknown = symbol >= vocabulary.size();
      if (isUnknown) {
        for (int id : unknown.ids(text(symbol), afterUnknown)) {
          ids.accept(id);
        }
      } else {
        ids.accept(symbol);
      }
      afterUnknown = isUnknown;
    }
  }

  /** The character's token, or a symbol behind all tokens, which may yet become part of one. */
  private int symbol(int codePoint) {
    OptionalInt id = vocabulary.id(Character.toString(codePoint));
    return id.isPresent() && mergeable[id.getAsInt()]
        ? id.getAsInt()
        : vocabulary.size() + codePoint;
  }

  private String text(int symbol) {
    return symbol < vocabulary.size()
        ? vocabulary.piece(symbol).orElseThrow()
        : Character.toString(symbol - vocabulary.size());
  }

  private long merge(int left, int right) {
    String leftText = text(left);
    String rightText = text(right);
    if (leftText.length() + rightText.length() > longest) {
      return MergeQueue.Merges.NONE;
    }
    OptionalInt merged = vocabulary.id(leftText + rightText);
    return merged.isPresent() && mergeable[merged.getAsInt()]
        ? MergeQueue.Merges.packed(ranks[merged.getAsInt()], merged.getAsInt())
        : MergeQueue.Merges.NONE;
  }
}
