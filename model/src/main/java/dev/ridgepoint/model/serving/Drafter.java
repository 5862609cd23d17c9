package dev.ridgepoint.model.serving;

/**
 * Guesses what follows, for a step to verify: speculative decoding (Leviathan et al. 2023,
 * arXiv:2211.17192). A wrong guess costs a row of the step, and what it took to make it; tokens
 * stay as likely as without.
 */
@FunctionalInterface
public interface Drafter {
  /** No guess: one token a step. */
  Drafter NONE = (tokens, length, most) -> Draft.NONE;

  /**
   * What may follow.
   *
   * @param tokens the sequence in its first {@code length} elements, not to be changed
   * @param most how many guesses are of use, 1 or more
   * @return at most so many, perhaps none
   */
  Draft draft(int[] tokens, int length, int most);
}
