package dev.ridgepoint.bench.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.trace.TimedStep;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpeedNoteTest {
  private static final SpeedNote COLD = new SpeedNote(false, 50);
  private static final SpeedNote COMPILED = new SpeedNote(true, 50);
  private static final String LOADED =
      "the model was loaded sooner than the kernels were compiled, which are many times as slow"
          + " until then";

  /** The first take 5 ms, the others {@code seconds}. */
  private static List<TimedStep> steps(int count, int slow, double seconds) {
    return IntStream.range(0, count)
        .mapToObj(i -> new TimedStep(Step.decode(1, i), i < slow ? 5e-3 : seconds))
        .toList();
  }

  @Test
  void aColdStartIsToldByItsFirstAndLastSteps() {
    assertEquals(
        Optional.of(
            LOADED
                + ": of the first 16 steps of decoding the median took 5.00 ms, of the last 2.00"
                + " ms."),
        COLD.of(steps(100, 20, 2e-3), Optional.empty()));
    assertEquals(
        Optional.of(
            LOADED
                + ": of the first 1 step of decoding the median took 5.00 ms, of the last 2.00"
                + " ms."),
        COLD.of(steps(3, 1, 2e-3), Optional.of(1e-3)));
  }

  @Test
  void ofNoStepOrOneNothingIsCompared() {
    assertEquals(Optional.of(LOADED + "."), COLD.of(List.of(), Optional.empty()));
    assertEquals(Optional.of(LOADED + "."), COLD.of(steps(1, 1, 1), Optional.empty()));
  }

  /** 100 µs of which the roof has 10 µs, for 50 operations. */
  @Test
  void ofAModelInCacheOperationsAreShort() {
    List<TimedStep> steps = steps(100, 0, 100e-6);
    assertEquals(
        Optional.of(
            "the 50 operations of a step take 2.00 µs each, little more than to start and end"
                + " them."),
        COMPILED.of(steps, Optional.of(100 * 10e-6)));
    assertEquals(Optional.empty(), COMPILED.of(steps, Optional.of(100 * 60e-6))); // near the roof
    assertEquals(Optional.empty(), COMPILED.of(steps, Optional.empty())); // which is not known
    assertEquals(
        Optional.empty(), COMPILED.of(steps(100, 0, 1e-3), Optional.of(100 * 10e-6))); // long ones
  }
}
