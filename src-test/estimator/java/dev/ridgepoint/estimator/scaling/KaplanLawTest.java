package dev.ridgepoint.estimator.scaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.input.InvalidInputException;
import org.junit.jupiter.api.Test;

class KaplanLawTest {

  @Test
  void erratum029KaplansLawOfParametersHasNoConstantTerm() {
    assertEquals(1, KaplanLaw.PARAMETERS.loss(8.8e13), 0);
    assertEquals(
        Math.pow(2, -0.076),
        KaplanLaw.PARAMETERS.loss(2e9) / KaplanLaw.PARAMETERS.loss(1e9),
        1e-12);
    assertEquals(2.3756, KaplanLaw.PARAMETERS.loss(1e9), 0.0001);
  }

  @Test
  void erratum030KaplanAsksForDataSublinearlyAndSpendsOnParameters() {
    assertEquals(2.29e10, KaplanLaw.tokensAgainstOverfitting(1e9), 0.01e10);
    KaplanAllocation law = new KaplanAllocation();
    ComputeOptimum day = law.optimum(KaplanLaw.FLOPS_PER_PF_DAY);
    ComputeOptimum ten = law.optimum(10 * KaplanLaw.FLOPS_PER_PF_DAY);
    assertEquals(Math.pow(10, 0.73), ten.parameters() / day.parameters(), 1e-9);
    assertEquals(Math.pow(10, 0.27), ten.tokens() / day.tokens(), 1e-9);
    KnownRun gpt3 = KnownRun.ALL.getFirst();
    assertEquals(1.7, gpt3.tokensPerParameter(), 0.02);
  }

  @Test
  void erratum035TheJointLawHasBothLimits() {
    double endless = 1e30;
    assertEquals(
        Math.pow(6.4e13 / 1e9, 0.076), KaplanLaw.lossOfParametersAndTokens(1e9, endless), 1e-9);
    assertEquals(
        Math.pow(1.8e13 / 1e9, 0.103), KaplanLaw.lossOfParametersAndTokens(endless, 1e9), 1e-4);
    double both = KaplanLaw.lossOfParametersAndTokens(1e9, 1e9);
    assertTrue(both > KaplanLaw.lossOfParametersAndTokens(1e9, endless));
    assertTrue(both > KaplanLaw.lossOfParametersAndTokens(endless, 1e9));
  }

  /** Section 6.3: about 10^4 PF-days, 10^12 parameters, where L is about 1.7. */
  @Test
  void theComputeLawReachesThePapersLastPoint() {
    ComputeOptimum last = new KaplanAllocation().optimum(1e4 * KaplanLaw.FLOPS_PER_PF_DAY);
    assertEquals(1e12, last.parameters(), 0.1e12);
    assertEquals(1.7, last.loss().orElseThrow(), 0.05);
  }

  @Test
  void refusesZero() {
    assertEquals(
        "Kaplan L(D): tokens must be positive and finite, but is 0.0",
        assertThrows(InvalidInputException.class, () -> KaplanLaw.DATA.loss(0)).getMessage());
  }
}
