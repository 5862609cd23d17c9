package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;

/**
 * The unigram language model (Kudo 2018, arXiv:1804.10959): of all ways to cut a text into tokens,
 * the one whose scores have the greatest sum, by Viterbi's algorithm.
 */
final class UnigramLattice implements TokenModel {
  /** How far an unknown character scores below the worst token, as in SentencePiece. */
  private static final double UNKNOWN_PENALTY = 10;

  /** SentencePiece makes them 16 long; without a bound a text would be scanned once per token. */
  private static final int MAX_PIECE_CHARS = 256;

  private static final int UNKNOWN = -1;

  private final PrefixIndex pieces;
  private final double[] scores;
  private final double unknownScore;
  private final UnknownPieces unknown;

  /**
   * @param source the file, for messages
   * @param scores of each token: the logarithm of its probability
   * @param usable whether text may become the token
   */
  UnigramLattice(
      String source,
      Vocabulary vocabulary,
      double[] scores,
      boolean[] usable,
      UnknownPieces unknown) {
    this.scores = scores;
    this.unknown = unknown;
    List<PrefixIndex.Entry> entries = new ArrayList<>();
    for (int id = 0; id < scores.length; id++) {
      String piece = vocabulary.piece(id).orElse("");
      if (piece.length() > MAX_PIECE_CHARS) {
        throw new InvalidInputException(
            source,
            String.format(
                Locale.ROOT,
                "the token %s has %d characters; at most %d",
                Shown.quote(piece),
                piece.length(),
                MAX_PIECE_CHARS));
      }
      if (usable[id] && !piece.isEmpty()) {
        entries.add(new PrefixIndex.Entry(piece, id));
      }
    }
    pieces = new PrefixIndex(entries);
    unknownScore =
        entries.stream().mapToDouble(entry -> scores[entry.id()]).min().orElse(0) - UNKNOWN_PENALTY;
  }

  @Override
  public void tokenize(String word, IntConsumer ids) {
    Lattice lattice = new Lattice(word);
    boolean afterUnknown = false;
    for (int end : lattice.bestEnds()) {
      boolean isUnknown = lattice.tokens[end] == UNKNOWN;
      if (isUnknown) {
        for (int id : unknown.ids(word.substring(lattice.starts[end], end), afterUnknown)) {
          ids.accept(id);
        }
      } else {
        ids.accept(lattice.tokens[end]);
      }
      afterUnknown = isUnknown;
    }
  }

  /** For each place in a word the best way to get there. */
  private final class Lattice {
    private final String word;
    private final double[] best;
    private final int[] starts;
    private final int[] tokens;

    Lattice(String word) {
      this.word = word;
      best = new double[word.length() + 1];
      starts = new int[word.length() + 1];
      tokens = new int[word.length() + 1];
      Arrays.fill(best, 1, best.length, Double.NEGATIVE_INFINITY);
      for (int start = 0; start < word.length(); ) {
        int next = word.offsetByCodePoints(start, 1);
        leave(start, next);
        start = next;
      }
    }

    /** Takes every token that begins at {@code start}, whose first character ends at next. */
    private void leave(int start, int next) {
      boolean[] hasCharacter = new boolean[1];
      pieces.match(
          word,
          start,
          (id, end) -> {
            hasCharacter[0] |= end == next;
            reach(start, end, id, scores[id]);
          });
      if (!hasCharacter[0]) {
        reach(start, next, UNKNOWN, unknownScore);
      }
    }

    private void reach(int start, int end, int token, double score) {
      if (best[start] + score > best[end]) {
        best[end] = best[start] + score;
        starts[end] = start;
        tokens[end] = token;
      }
    }

    private List<Integer> bestEnds() {
      List<Integer> ends = new ArrayList<>();
      for (int end = word.length(); end > 0; end = starts[end]) {
        ends.add(end);
      }
      return ends.reversed();
    }
  }
}
