package dev.ridgepoint.estimator.scaling;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PowerLawAllocationTest {

  /** Hoffmann et al. 2022, table 3. The printed exponent has two digits. */
  @ParameterizedTest
  @CsvSource({
    "400e6, 1.92e19",
    "1e9, 1.21e20",
    "10e9, 1.23e22",
    "67e9, 5.76e23",
    "175e9, 3.85e24",
    "280e9, 9.90e24",
    "520e9, 3.43e25",
    "1e12, 1.27e26",
    "10e12, 1.30e28"
  })
  void approach1GoesThroughItsTable(double parameters, double flops) {
    ComputeOptimum optimum = PowerLawAllocation.CHINCHILLA_APPROACH_1.optimum(flops);
    assertEquals(parameters, optimum.parameters(), 0.04 * parameters);
  }

  @Test
  void approach2GivesItsTablesTokens() {
    ComputeOptimum optimum = PowerLawAllocation.CHINCHILLA_APPROACH_2.optimum(4.54e24);
    assertEquals(175e9, optimum.parameters(), 1);
    assertEquals(4.3e12, optimum.tokens(), 0.05e12);
  }

  @Test
  void theRuleOfThumbIsTwentyTokensAtEveryBudget() {
    for (double flops : new double[] {1e15, 1e21, 1e27}) {
      assertEquals(
          20,
          PowerLawAllocation.TWENTY_TOKENS_PER_PARAMETER.optimum(flops).tokensPerParameter(),
          1e-9);
    }
  }

  @Test
  void theDerivationHoldsEveryConstant() {
    var derivation = PowerLawAllocation.CHINCHILLA_APPROACH_1.optimumDerivation(1e22);
    double value =
        derivation.inputs().get("N0").doubleValue()
            * Math.pow(
                derivation.inputs().get("C").doubleValue()
                    / derivation.inputs().get("C0").doubleValue(),
                derivation.inputs().get("a").doubleValue());
    assertEquals(value, derivation.value().doubleValue(), 1e-3);
  }
}
