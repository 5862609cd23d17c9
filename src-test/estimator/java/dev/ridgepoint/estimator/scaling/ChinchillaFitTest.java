package dev.ridgepoint.estimator.scaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.input.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChinchillaFitTest {
  private static final ChinchillaFit PUBLISHED = ChinchillaFit.PUBLISHED;
  private static final ChinchillaFit REFIT = ChinchillaFit.BESIROGLU_REFIT;

  @Test
  void erratum031TheExponentOfParametersIsBetaOverTheSum() {
    assertEquals(0.452, PUBLISHED.parameterAllocationExponent(), 0.0005);
    assertEquals(1.345, PUBLISHED.allocationCoefficient(), 0.0005);
  }

  /** Hoffmann et al., table 2: a = 0.46, b = 0.54, which only the unrounded fit gives. */
  @Test
  void theUnroundedFitGivesThePapersExponents() {
    assertEquals(0.4565, ChinchillaFit.PUBLISHED_UNROUNDED.parameterAllocationExponent(), 0.0005);
  }

  @ParameterizedTest
  @CsvSource({
    "1e21, 1.82e9, 91.4e9, 2.78e9, 60e9, 2.89e9, 58e9",
    "5.76e23, 32.2e9, 2982e9, 72.3e9, 1329e9, 69.3e9, 1386e9"
  })
  void erratum032SplitsTheBudget(
      double flops,
      double parameters,
      double tokens,
      double refitParameters,
      double refitTokens,
      double ruleParameters,
      double ruleTokens) {
    assertOptimum(PUBLISHED, flops, parameters, tokens);
    assertOptimum(REFIT, flops, refitParameters, refitTokens);
    assertOptimum(
        PowerLawAllocation.TWENTY_TOKENS_PER_PARAMETER, flops, ruleParameters, ruleTokens);
  }

  private static void assertOptimum(
      AllocationLaw law, double flops, double parameters, double tokens) {
    ComputeOptimum optimum = law.optimum(flops);
    assertEquals(parameters, optimum.parameters(), 0.005 * parameters, law.name());
    assertEquals(tokens, optimum.tokens(), 0.005 * tokens, law.name());
  }

  @Test
  void erratum034ThePublishedFitDoesNotGiveTwentyTokensPerParameter() {
    assertEquals(93, PUBLISHED.optimum(5.76e23).tokensPerParameter(), 0.5);
    assertEquals(18.4, REFIT.optimum(5.76e23).tokensPerParameter(), 0.05);
  }

  @Test
  void erratum036TheConstantTermIsTheIrreducibleLoss() {
    double loss = PUBLISHED.loss(1e30, 1e30);
    assertEquals(1.69, loss, 1e-4);
    Derivation derivation = PUBLISHED.lossDerivation(70e9, 1.4e12);
    assertEquals("text itself", derivation.terms().getFirst().name());
    assertEquals(
        derivation.value().doubleValue(),
        derivation.terms().stream().mapToDouble(term -> term.value().doubleValue()).sum(),
        1e-12);
  }

  /** The text's 100 (3 - L) / 3 gives a model that knows the text perfectly 44 of 100 points. */
  @Test
  void erratum037NoLossMapsToAScore() {
    double perfect = PUBLISHED.loss(1e300, 1e300);
    assertEquals(43.7, 100 * (3 - perfect) / 3, 0.05);
  }

  /** The closed form against a search on the budget's curve. */
  @ParameterizedTest
  @ValueSource(doubles = {1e18, 3e20, 5.76e23, 1e26})
  void nothingOnTheBudgetIsBetterThanTheOptimum(double flops) {
    for (ChinchillaFit fit : ChinchillaFit.ALL) {
      double best = fit.optimum(flops).loss().orElseThrow();
      double found = Double.POSITIVE_INFINITY;
      for (double log = 5; log < 15; log += 0.001) {
        double parameters = Math.pow(10, log);
        found = Math.min(found, fit.loss(parameters, flops / (6 * parameters)));
      }
      assertTrue(best <= found, fit.name());
      assertEquals(found, best, 1e-5, fit.name());
    }
  }

  @Test
  void solvesForTheTokensOfALoss() {
    double tokens = REFIT.tokensForLoss(7e9, REFIT.loss(7e9, 2e12));
    assertEquals(2e12, tokens, 1e4);
  }

  @Test
  void refusesALossBelowWhatTheModelCanReach() {
    String message =
        assertThrows(InvalidInputException.class, () -> PUBLISHED.tokensForLoss(1e8, 2.0))
            .getMessage();
    assertEquals(
        "Chinchilla approach 3: parameters 1.000e+08 cannot reach loss 2.0000: with endless tokens"
            + " it is 2.4644",
        message);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesAnImpossibleBudget(double flops) {
    for (AllocationLaw law :
        new AllocationLaw[] {
          PUBLISHED, PowerLawAllocation.CHINCHILLA_APPROACH_1, new KaplanAllocation()
        }) {
      String message =
          assertThrows(InvalidInputException.class, () -> law.optimum(flops)).getMessage();
      assertEquals(
          law.name() + ": trainingFlops must be positive and finite, but is " + flops, message);
    }
  }
}
