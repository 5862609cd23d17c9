package dev.ridgepoint.estimator.scaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.input.InvalidInputException;
import org.junit.jupiter.api.Test;

class OverTrainingTest {
  private static final ChinchillaFit FIT = ChinchillaFit.BESIROGLU_REFIT;
  private static final double BUDGET = 5.76e23;

  @Test
  void theOptimumItselfCostsNothingExtra() {
    double best = FIT.optimum(BUDGET).parameters();
    assertEquals(0, OverTraining.of(FIT, BUDGET, best).extraComputeShare(), 1e-9);
  }

  @Test
  void everyOtherSizeCostsMoreForTheSameLoss() {
    ComputeOptimum best = FIT.optimum(BUDGET);
    double last = 0;
    for (double share : new double[] {0.8, 0.6, 0.5, 0.4}) {
      OverTraining smaller = OverTraining.of(FIT, BUDGET, share * best.parameters());
      assertEquals(
          best.loss().orElseThrow(), FIT.loss(smaller.parameters(), smaller.tokens()), 1e-12);
      assertTrue(smaller.extraComputeShare() > last, "share " + share);
      last = smaller.extraComputeShare();
    }
    assertTrue(OverTraining.of(FIT, BUDGET, 2 * best.parameters()).extraComputeShare() > 0);
  }

  @Test
  void inferencePaysTheTrainingBack() {
    ComputeOptimum best = FIT.optimum(BUDGET);
    OverTraining half = OverTraining.of(FIT, BUDGET, best.parameters() / 2);
    double tokens = half.breakEvenInferenceTokens();
    assertEquals(
        best.trainingFlops() + 2 * best.parameters() * tokens,
        half.trainingFlops() + 2 * half.parameters() * tokens,
        1e-6 * BUDGET);
    assertEquals(
        Double.POSITIVE_INFINITY,
        OverTraining.of(FIT, BUDGET, 2 * best.parameters()).breakEvenInferenceTokens());
  }

  @Test
  void refusesAModelThatNeverGetsThere() {
    assertThrows(InvalidInputException.class, () -> OverTraining.of(FIT, BUDGET, 1e9));
  }
}
