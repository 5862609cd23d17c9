package dev.ridgepoint.model.serving;

import java.util.Arrays;

/**
 * Guesses that what followed the last few tokens before follows them again: answers repeat names,
 * code and phrases of their prompt (Saxena 2023, "Prompt Lookup Decoding").
 *
 * @param longest tokens that must have been seen before, if so many were; else fewer, down to
 *     {@code shortest}
 * @param shortest at least 1
 * @param guesses tokens of a guess at most, at least 1
 */
public record PromptLookup(int longest, int shortest, int guesses) implements Drafter {
  public PromptLookup {
    if (shortest < 1 || longest < shortest || guesses < 1) {
      throw new IllegalArgumentException(
          "a lookup of %s to %s tokens for %s guesses".formatted(shortest, longest, guesses));
    }
  }

  @Override
  public Draft draft(int[] tokens, int length, int most) {
    for (int size = longest; size >= shortest; size--) {
      int from = lastBefore(tokens, length, size);
      if (from >= 0) {
        int after = from + size;
        int count = Math.min(Math.min(guesses, most), length - after);
        return Draft.found(Arrays.copyOfRange(tokens, after, after + count));
      }
    }
    return Draft.NONE;
  }

  /** Where the last {@code size} tokens stood before, the latest place; -1 if nowhere. */
  private static int lastBefore(int[] tokens, int length, int size) {
    int suffix = length - size;
    for (int from = suffix - 1; from >= 0; from--) {
      if (Arrays.equals(tokens, from, from + size, tokens, suffix, length)) {
        return from;
      }
    }
    return -1;
  }
}
