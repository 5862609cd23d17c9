package dev.ridgepoint.estimator.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.estimator.MeasuredRuns;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Closed loops against 247 measured ones; skipped where they are not beside the sources. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MeasuredServingTest {
  private List<ServedRun> runs;

  @BeforeAll
  void read() {
    assumeTrue(
        MeasuredRuns.isPresent(), "shared/facts/measured_runs.json is not beside the sources");
    runs =
        MeasuredRuns.all().stream()
            .filter(run -> run.get("device_kind").stringValue().equals("datacentre gpu"))
            .filter(run -> !run.get("ttft_s").isNull())
            .map(ServedRun::of)
            .toList();
    assertEquals(247, runs.size());
  }

  @Test
  void theTimePerTokenIsMetWithinTenPercentInTheMedian() {
    assertError(0.08, 0.5, run -> true, ServedRun::perTokenResidual);
    assertError(0.25, 0.9, run -> true, ServedRun::perTokenResidual);
  }

  @Test
  void theTimeToTheFirstTokenIsMetWithinAQuarterInTheMedian() {
    assertError(0.25, 0.5, run -> true, ServedRun::firstTokenResidual);
  }

  /** No device and no model is far from the others. */
  @ParameterizedTest
  @CsvSource({"H100, 0.06", "H200, 0.14", "B200, 0.10"})
  void eachDeviceIsMet(String device, double error) {
    assertError(error, 0.5, run -> run.device().startsWith(device), ServedRun::perTokenResidual);
  }

  @ParameterizedTest
  @CsvSource({"vllm, 0.05, 0.15", "sglang, 0.14, 0.30", "trtllm, 0.08, 0.35"})
  void eachEngineIsMet(String engine, double perToken, double firstToken) {
    Predicate<ServedRun> isOf = run -> run.engine().name().equals(engine);
    assertError(perToken, 0.5, isOf, ServedRun::perTokenResidual);
    assertError(firstToken, 0.5, isOf, ServedRun::firstTokenResidual);
  }

  @Test
  void nineOfTenRunsLieInTheInterval() {
    double perToken =
        share(
            run ->
                run.predicted().timePerOutputToken().lowestSeconds() <= run.timePerOutputToken()
                    && run.timePerOutputToken()
                        <= run.predicted().timePerOutputToken().highestSeconds());
    assertTrue(perToken >= 0.88 && perToken <= 0.92, "per token " + perToken);
    double firstToken =
        share(
            run ->
                run.predicted().timeToFirstToken().lowestSeconds() <= run.timeToFirstToken()
                    && run.timeToFirstToken()
                        <= run.predicted().timeToFirstToken().highestSeconds());
    assertTrue(firstToken >= 0.88 && firstToken <= 0.92, "first token " + firstToken);
  }

  /** An interval from the runs of all other devices or models, as a user of a new one has it. */
  @Test
  void intervalsHoldForRunsThatTheyWereNotTakenFrom() {
    for (Function<ServedRun, String> group :
        List.<Function<ServedRun, String>>of(ServedRun::device, ServedRun::model)) {
      assertHeldOut(group, ServedRun::perTokenResidual);
      assertHeldOut(group, ServedRun::firstTokenResidual);
    }
  }

  private void assertHeldOut(
      Function<ServedRun, String> group, ToDoubleFunction<ServedRun> residual) {
    double covered =
        share(
            run -> {
              double[] others =
                  runs.stream()
                      .filter(other -> !group.apply(other).equals(group.apply(run)))
                      .mapToDouble(residual)
                      .toArray();
              double own = residual.applyAsDouble(run);
              return own >= MeasuredRuns.quantile(others, 0.05)
                  && own <= MeasuredRuns.quantile(others, 0.95);
            });
    assertTrue(covered >= 0.80, "covered " + covered);
  }

  private double share(Predicate<ServedRun> predicate) {
    return (double) runs.stream().filter(predicate).count() / runs.size();
  }

  /** The p-th of the errors |predicted / measured - 1|. */
  private void assertError(
      double most, double p, Predicate<ServedRun> which, ToDoubleFunction<ServedRun> residual) {
    double[] errors =
        runs.stream()
            .filter(which)
            .mapToDouble(run -> Math.abs(Math.exp(-residual.applyAsDouble(run)) - 1))
            .toArray();
    double error = MeasuredRuns.quantile(errors, p);
    assertTrue(error <= most, "quantile %s of the errors is %s".formatted(p, error));
  }
}
