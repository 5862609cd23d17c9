package dev.ridgepoint.model.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class PromptLookupTest {
  private static final PromptLookup LOOKUP = new PromptLookup(3, 2, 4);

  private static int[] draft(PromptLookup lookup, int most, int... tokens) {
    return lookup.draft(tokens, tokens.length, most).tokens();
  }

  @Test
  void whatFollowedTheLastTokensBeforeIsGuessed() {
    assertArrayEquals(new int[] {4, 5, 9, 1}, draft(LOOKUP, 8, 1, 2, 3, 4, 5, 9, 1, 2, 3));
    assertArrayEquals(new int[] {4, 5}, draft(LOOKUP, 2, 1, 2, 3, 4, 5, 9, 1, 2, 3));
    assertArrayEquals(new int[0], draft(LOOKUP, 0, 1, 2, 3, 4, 5, 9, 1, 2, 3));
  }

  @Test
  void aLongerMatchComesFirstAndTheLatestOfAsLongOnes() {
    assertArrayEquals(
        new int[] {7}, draft(new PromptLookup(3, 1, 1), 9, 1, 2, 3, 7, 0, 2, 3, 8, 1, 2, 3));
    assertArrayEquals(
        new int[] {8}, draft(new PromptLookup(2, 1, 1), 9, 1, 2, 3, 7, 0, 2, 3, 8, 1, 2, 3));
  }

  @Test
  void withoutAMatchThereIsNoGuess() {
    assertArrayEquals(new int[0], draft(LOOKUP, 4, 1, 2, 3, 4));
    assertArrayEquals(new int[0], draft(LOOKUP, 4, 1));
    // One token that was seen is too few.
    assertArrayEquals(new int[0], draft(LOOKUP, 4, 1, 2, 3, 2));
  }

  @Test
  void aMatchMayReachIntoItsGuess() {
    assertArrayEquals(new int[] {1}, draft(new PromptLookup(3, 1, 4), 4, 1, 1));
  }

  @Test
  void onlyTheFirstTokensCount() {
    assertArrayEquals(
        new int[] {3, 1, 2}, LOOKUP.draft(new int[] {1, 2, 3, 1, 2, 0, 0, 0}, 5, 4).tokens());
  }

  @Test
  void refusesWhatFindsNothing() {
    assertThrows(IllegalArgumentException.class, () -> new PromptLookup(1, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new PromptLookup(1, 2, 1));
    assertThrows(IllegalArgumentException.class, () -> new PromptLookup(1, 1, 0));
  }
}
