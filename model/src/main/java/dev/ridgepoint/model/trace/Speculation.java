package dev.ridgepoint.model.trace;

import java.util.List;

/**
 * What guessing came to. A guess behind a wrong one is neither kept nor rejected: nobody looks at
 * it.
 *
 * @param drafted guesses
 * @param accepted those that were kept
 * @param rejected those in whose place another token came
 * @param draftSteps forward passes that making them took
 */
public record Speculation(int drafted, int accepted, int rejected, List<TimedStep> draftSteps) {
  public Speculation {
    draftSteps = List.copyOf(draftSteps);
  }

  /**
   * The share of the guesses looked at that were kept; not a number where there were none. It is
   * the best estimate of a probability that is the same for each, as {@link
   * dev.ridgepoint.estimator.inference.SpeculativeStep#expectedTokens} takes it.
   */
  public double acceptance() {
    return (double) accepted / (accepted + rejected);
  }
}
