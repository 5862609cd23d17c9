package dev.ridgepoint.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.bench.cli.StepForecast.Speedup;
import dev.ridgepoint.estimator.operation.Step;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StepForecastTest {
  private static final Step DECODE = Step.decode(1, 64);
  private static final Step PREFILL = Step.prefill(64);

  @Test
  void speedsRestOnWhatIsKnownOfBoth() {
    StepForecast before = forecast(DECODE, 400, 4.0, 8.0);
    StepForecast after = forecast(DECODE, 100, 2.0, 2.0);
    assertEquals(Optional.of(new Speedup(4, "kernels")), after.speedup(before));
    assertEquals(Optional.of(new Speedup(2, "roofline")), after.mostSpeedup(before));
    StepForecast untimed = forecast(DECODE, 100, 2.0, null);
    assertEquals(Optional.of(new Speedup(2, "roofline")), untimed.speedup(before));
  }

  /** Of a prompt bytes say nothing: computing binds it. */
  @Test
  void withoutAMachineBytesTellOfDecodeAlone() {
    StepForecast after = forecast(DECODE, 100, null, null);
    assertEquals(
        Optional.of(new Speedup(4, "bytes")), after.speedup(forecast(DECODE, 400, null, null)));
    assertEquals(
        Optional.empty(),
        forecast(PREFILL, 100, null, null).speedup(forecast(PREFILL, 400, null, null)));
  }

  private static StepForecast forecast(Step step, long bytes, Double bound, Double kernels) {
    return new StepForecast(step, bytes, Optional.ofNullable(bound), Optional.ofNullable(kernels));
  }
}
