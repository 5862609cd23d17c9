package dev.ridgepoint.engine.training;

import java.util.Locale;

/**
 * Sequences of equal length, one after the other: a row of activations for each token.
 *
 * @param sequences how many
 * @param length tokens of each
 * @param tokens what the model sees
 * @param targets what it is to say after each of them
 */
public record TokenBatch(int sequences, int length, int[] tokens, int[] targets) {
  /**
   * @throws IllegalArgumentException if a number is less than 1, or there are more or fewer tokens
   *     or targets
   */
  public TokenBatch {
    if (sequences < 1
        || length < 1
        || tokens.length != Math.multiplyExact(sequences, length)
        || targets.length != tokens.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d sequences of %d with %d tokens and %d targets",
              sequences,
              length,
              tokens.length,
              targets.length));
    }
  }

  /** Rows of activations. */
  public int rows() {
    return tokens.length;
  }

  /**
   * @throws IllegalArgumentException if one is not in the vocabulary
   */
  static void requireIn(int[] tokens, int vocabulary) {
    for (int token : tokens) {
      if (token < 0 || token >= vocabulary) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "token %d is not in 0..%d", token, vocabulary - 1));
      }
    }
  }
}
