package dev.ridgepoint.model.serving;

import dev.ridgepoint.model.TokenDistribution;
import dev.ridgepoint.model.trace.TimedStep;
import java.util.List;

/**
 * Guesses at what follows a sequence.
 *
 * @param tokens the guesses, in order
 * @param distributions what each was drawn from; none if they were not drawn, but found
 * @param steps forward passes that it took to make them
 */
public record Draft(int[] tokens, List<TokenDistribution> distributions, List<TimedStep> steps) {
  /** No guess: one token a step. */
  public static final Draft NONE = found();

  public Draft {
    distributions = List.copyOf(distributions);
    steps = List.copyOf(steps);
    if (!distributions.isEmpty() && distributions.size() != tokens.length) {
      throw new IllegalArgumentException(
          "%s guesses of %s distributions".formatted(tokens.length, distributions.size()));
    }
  }

  /** Guesses that cost nothing, such as a sequence's own tokens. */
  public static Draft found(int... tokens) {
    return new Draft(tokens, List.of(), List.of());
  }

  /** How many. */
  int size() {
    return tokens.length;
  }
}
