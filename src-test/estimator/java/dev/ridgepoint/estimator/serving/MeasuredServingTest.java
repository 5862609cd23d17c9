package dev.ridgepoint.estimator.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.estimator.LeftOutRuns;
import dev.ridgepoint.estimator.MeasuredRuns;
import dev.ridgepoint.estimator.time.MeasuredError;
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
  @CsvSource({"vllm, 0.05, 0.15", "sglang, 0.14, 0.31", "trtllm, 0.08, 0.35"})
  void eachEngineIsMet(String engine, double perToken, double firstToken) {
    Predicate<ServedRun> isOf = run -> run.engine().name().equals(engine);
    assertError(perToken, 0.5, isOf, ServedRun::perTokenResidual);
    assertError(firstToken, 0.5, isOf, ServedRun::firstTokenResidual);
  }

  /**
   * Runs with experts shared out: without {@link ExpertLoad} they would be off by 0.15. Four of
   * DeepSeek-R1 on TensorRT-LLM are twice as fast as the same of DeepSeek-V3, and are in here.
   */
  @Test
  void runsWithWholeExpertsOnEachDeviceAreMet() {
    assertError(0.13, 0.5, run -> run.layout().expertParallel() > 1, ServedRun::perTokenResidual);
  }

  @Test
  void nineOfTenTimesPerTokenOfLeftOutRunsLieInTheInterval() {
    assertLeftOut(ServedRun::perTokenRun, MeasuredError.SERVED_TOKEN, 0.08, 0.10);
  }

  @Test
  void nineOfTenTimesToTheFirstTokenOfLeftOutRunsLieInTheInterval() {
    assertLeftOut(ServedRun::firstTokenRun, MeasuredError.SERVED_FIRST_TOKEN, 0.36, 0.41);
  }

  @Test
  void theTimePerTokenOfNineOfTenLeftOutRunsIsMetWithinAQuarter() {
    LeftOutRuns left = leftOut(ServedRun::perTokenRun);
    assertTrue(left.errorOfLeftOutDevices(0.9) <= 0.25, "" + left.errorOfLeftOutDevices(0.9));
    assertTrue(left.errorOfLeftOutModels(0.9) <= 0.25, "" + left.errorOfLeftOutModels(0.9));
  }

  private void assertLeftOut(
      Function<ServedRun, LeftOutRuns.Run> time,
      MeasuredError error,
      double medianOfDevices,
      double medianOfModels) {
    LeftOutRuns left = leftOut(time);
    left.assertWidths(error);
    for (double covered : left.covered(error)) {
      assertTrue(covered >= 0.88 && covered <= 0.925, error + " covers " + left.covered(error));
    }
    double devices = left.errorOfLeftOutDevices(0.5);
    double models = left.errorOfLeftOutModels(0.5);
    assertTrue(devices <= medianOfDevices, "median of left-out devices " + devices);
    assertTrue(models <= medianOfModels, "median of left-out models " + models);
  }

  /** Runs of DeepSeek-R1 that are there as DeepSeek-V3's, too, count once. */
  private LeftOutRuns leftOut(Function<ServedRun, LeftOutRuns.Run> time) {
    return new LeftOutRuns(LeftOutRuns.distinct(runs.stream().map(time).toList()));
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
