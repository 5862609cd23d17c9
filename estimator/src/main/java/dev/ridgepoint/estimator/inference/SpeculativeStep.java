package dev.ridgepoint.estimator.inference;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.RepeatedOperation;
import dev.ridgepoint.estimator.operation.Step;
import java.util.Collections;

/**
 * One step of speculative decoding (Leviathan et al. 2022, arXiv:2211.17192): the model verifies
 * drafted tokens together. It moves hardly more bytes than one decode step, and does as many times
 * the FLOPs as there are tokens.
 *
 * @param draftedTokens tokens to verify, of each sequence
 * @param verification the model's step: the drafted tokens and the one before them
 * @param expectedTokens tokens that one step yields in the mean
 */
public record SpeculativeStep(int draftedTokens, Cost verification, double expectedTokens) {

  /**
   * Verifies {@code draftedTokens} tokens of each of {@code batch} sequences at {@code context}.
   *
   * @param acceptance the probability that a drafted token is accepted, alike and independent for
   *     all, 0 to 1
   */
  public static SpeculativeStep of(
      Architecture architecture,
      ForwardOptions options,
      int batch,
      int context,
      int draftedTokens,
      double acceptance) {
    int tokens = Math.addExact(draftedTokens, 1);
    Step step = new Step(Collections.nCopies(batch, new Step.Sequence(tokens, context, tokens)));
    return new SpeculativeStep(
        draftedTokens,
        RepeatedOperation.total(architecture, options, step),
        expectedTokens(draftedTokens, acceptance));
  }

  /**
   * The accepted ones and one more, which the model itself yields: (1 - a^(n+1)) / (1 - a)
   * (equation 1 of the paper).
   *
   * @throws IllegalArgumentException unless {@code acceptance} lies in 0..1 and tokens in 0..
   */
  public static double expectedTokens(int draftedTokens, double acceptance) {
    if (!(acceptance >= 0 && acceptance <= 1)) {
      throw new IllegalArgumentException("acceptance must lie in 0..1, but is " + acceptance);
    }
    if (draftedTokens < 0) {
      throw new IllegalArgumentException(
          "draftedTokens must not be negative, but is " + draftedTokens);
    }
    return acceptance == 1
        ? draftedTokens + 1
        : (1 - Math.pow(acceptance, draftedTokens + 1.0)) / (1 - acceptance);
  }
}
