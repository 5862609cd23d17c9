package dev.ridgepoint.bench.techniques;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.List;
import java.util.Locale;

/**
 * How long what is measured is: for models of few positions shorter.
 *
 * @param prompt a long prompt's tokens, of which the others are shares
 * @param maxPositions that the model takes
 */
record Sizes(int prompt, int maxPositions) {
  private static final int LONG_PROMPT = 512;

  /** So that the smallest shares are whole tokens. */
  private static final int GRAIN = 32;

  private static final int LONG_CONTEXT_PROMPTS = 4;

  /** New tokens of each sequence, where each takes a step. */
  static final int NEW_TOKENS = 8;

  /**
   * Of a model.
   *
   * @throws InvalidInputException if it takes too few positions
   */
  static Sizes of(String model, int maxPositions) {
    int prompt = Math.min(LONG_PROMPT, maxPositions / 2) / GRAIN * GRAIN;
    if (prompt < GRAIN) {
      throw new InvalidInputException(
          "--techniques",
          String.format(
              Locale.ROOT,
              "%s takes %,d positions, where %d are needed",
              model,
              maxPositions,
              2 * GRAIN));
    }
    return new Sizes(prompt, maxPositions);
  }

  /** Tokens of a short prompt. */
  int shortPrompt() {
    return prompt / 8;
  }

  /** Pieces that the long prompt is cut into. */
  List<Integer> chunks() {
    return List.of(prompt / 8, prompt / 4, prompt / 2);
  }

  /** Tokens cached where caches are to weigh. */
  int longContext() {
    return Math.min(LONG_CONTEXT_PROMPTS * prompt, maxPositions) - NEW_TOKENS;
  }

  /** Tokens of an answer that is guessed at. */
  int answer() {
    return Math.min(48, prompt / 4);
  }
}
