package dev.ridgepoint.estimator.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.training.TrainingRun.Prices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingRunTest {
  private static final double A100 = 312e12;
  private static final double H100 = 989.4e12;
  private static final Prices FREE = new Prices(0, 0, 1, 0);

  @Test
  void erratum039SevenBillionParametersOn64Devices() {
    TrainingRun run =
        new TrainingRun(
            TrainingRun.ruleOfThumbFlops(7e9, 140e9), 64, A100, 0.5, new Prices(4, 400, 1.1, 0));
    assertEquals(6.8, run.seconds() / 86_400, 0.05);
    assertEquals(41_800, run.rentUsd(), 100);
    assertEquals(run.rentUsd(), run.totalUsd());
  }

  @Test
  void erratum092SeventyBillionParametersOnAThousandDevices() {
    double flops = TrainingRun.ruleOfThumbFlops(70e9, 1e12);
    assertEquals(420e21, flops);
    assertEquals(16.4, new TrainingRun(flops, 1000, 990e12, 0.3, FREE).seconds() / 86_400, 0.05);
  }

  /** Hours as published in the papers; 6ND gives the utilisation. */
  @ParameterizedTest
  @CsvSource({
    "6738415616, 1e12, 312e12, 82432, 0.4367",
    "32528943616, 1.4e12, 312e12, 530432, 0.4586",
    "6738415616, 2e12, 312e12, 184320, 0.3906",
    "68976648192, 2e12, 312e12, 1720320, 0.4284",
    "70553706496, 15e12, 989.4e12, 7e6, 0.2547",
    "70426624, 299892736000, 312e12, 510, 0.2212",
    "405334016, 299892736000, 312e12, 2540, 0.2556",
    "1414647808, 299892736000, 312e12, 7120, 0.3183",
    "6857302016, 299892736000, 312e12, 33500, 0.3279",
    "176247271424, 366e9, 312e12, 1082990, 0.3182"
  })
  void publishedHoursGiveTheirUtilization(
      double parameters, double tokens, double peak, double hours, double utilization) {
    double flops = TrainingRun.ruleOfThumbFlops(parameters, tokens);
    assertEquals(utilization, flops / (peak * hours * 3600), 0.0001);
    TrainingRun run = new TrainingRun(flops, 2048, peak, utilization, FREE);
    assertEquals(hours, run.deviceHours(), 0.0005 * hours);
  }

  /** Touvron et al. 2023, arXiv:2302.13971, table 15: 400 W, PUE 1.1. */
  @ParameterizedTest
  @CsvSource({"82432, 36", "135168, 59", "530432, 233", "1022362, 449"})
  void publishedHoursGiveTheirEnergy(double hours, double megawattHours) {
    double utilization = 0.4;
    TrainingRun run =
        new TrainingRun(
            hours * 3600 * A100 * utilization, 2048, A100, utilization, new Prices(0, 400, 1.1, 0));
    assertEquals(megawattHours, run.energyKilowattHours() / 1000, 1);
  }

  @Test
  void theCostIsRentAndElectricity() {
    TrainingRun run = new TrainingRun(1e24, 1024, H100, 0.4, new Prices(2.5, 700, 1.2, 0.1));
    assertEquals(run.deviceHours() * 2.5, run.rentUsd(), 1e-6);
    assertEquals(run.deviceHours() * 0.7 * 1.2 * 0.1, run.electricityUsd(), 1e-6);
    assertEquals(
        run.costDerivation().value().doubleValue(),
        run.costDerivation().terms().stream().mapToDouble(term -> term.value().doubleValue()).sum(),
        1e-6);
  }

  @Test
  void refusesImpossibleFields() {
    assertEquals(
        "run: modelFlopsUtilization must lie above 0 and at most at 1, but is 1.1",
        assertThrows(InvalidInputException.class, () -> new TrainingRun(1e20, 1, A100, 1.1, FREE))
            .getMessage());
    assertEquals(
        "prices: powerUsageEffectiveness must be 1 or more, but is 0.9",
        assertThrows(InvalidInputException.class, () -> new Prices(1, 1, 0.9, 0)).getMessage());
    assertEquals(
        "run: devices must be positive, but is 0",
        assertThrows(InvalidInputException.class, () -> new TrainingRun(1e20, 0, A100, 0.5, FREE))
            .getMessage());
  }
}
