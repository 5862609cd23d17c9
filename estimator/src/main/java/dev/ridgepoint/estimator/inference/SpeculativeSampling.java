package dev.ridgepoint.estimator.inference;

import java.util.Locale;

/**
 * Which drafted tokens a model accepts (Leviathan et al. 2022, arXiv:2211.17192, algorithm 1). What
 * comes out is distributed as if the model had drawn every token itself, whatever the draft.
 *
 * <p>Distributions are probabilities per token of the vocabulary, p of the model and q of the
 * draft.
 */
public final class SpeculativeSampling {
  private SpeculativeSampling() {}

  /**
   * The probability that a token is accepted once it is drafted: min(1, p / q).
   *
   * @param model the model's probability of it
   * @param draft the draft's, above 0
   * @throws IllegalArgumentException unless both are probabilities
   */
  public static double acceptance(double model, double draft) {
    if (!(model >= 0 && model <= 1) || !(draft > 0 && draft <= 1)) {
      throw new IllegalArgumentException(
          "probabilities must lie in 0..1, and the draft's above 0, but are %s and %s"
              .formatted(model, draft));
    }
    return Math.min(1, model / draft);
  }

  /**
   * The probability that whatever is drafted is accepted: the sum of min(p, q) (corollary 3.6 of
   * the paper), as {@link SpeculativeStep#expectedTokens} takes it.
   *
   * @throws IllegalArgumentException if the distributions are of different vocabularies
   */
  public static double acceptance(double[] model, double[] draft) {
    requireSameVocabulary(model, draft);
    double sum = 0;
    for (int token = 0; token < model.length; token++) {
      sum += Math.min(model[token], draft[token]);
    }
    return sum;
  }

  /**
   * What to draw from after a rejection: max(0, p - q), normalised; all zero if nothing can be
   * rejected.
   *
   * @throws IllegalArgumentException if the distributions are of different vocabularies
   */
  public static double[] afterRejection(double[] model, double[] draft) {
    double rejected = 1 - acceptance(model, draft);
    double[] rest = new double[model.length];
    for (int token = 0; token < rest.length; token++) {
      rest[token] = rejected > 0 ? Math.max(0, model[token] - draft[token]) / rejected : 0;
    }
    return rest;
  }

  private static void requireSameVocabulary(double[] model, double[] draft) {
    if (model.length != draft.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "the model has %d tokens, the draft %d", model.length, draft.length));
    }
  }
}
