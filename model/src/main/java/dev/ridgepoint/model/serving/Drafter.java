package dev.ridgepoint.model.serving;

/**
 * Guesses what follows, for a step to verify: speculative decoding (Leviathan et al. 2023,
 * arXiv:2211.17192) whose guesses cost nothing. A wrong one costs a row of the step, never a
 * different answer.
 */
@FunctionalInterface
public interface Drafter {
  /** No guess: one token a step. */
  Drafter NONE = (tokens, length, most) -> new int[0];

  /**
   * The tokens that may follow.
   *
   * @param tokens the sequence in its first {@code length} elements, not to be changed
   * @param most how many guesses are of use, 0 or more
   * @return at most so many, perhaps none
   */
  int[] draft(int[] tokens, int length, int most);
}
