package dev.ridgepoint.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.bench.report.Phase;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTest {
  private static final int CORES = 2;
  private static final int MAX_POSITIONS = 1024;

  @Test
  void combinesAllThatIsAskedFor() {
    Plan plan = plan(List.of("1", "all"), List.of(32, 512), List.of(1, 8), List.of(128));
    assertEquals(
        List.of(
            new PlannedPoint(Phase.PREFILL, 1, 1, 32, 0),
            new PlannedPoint(Phase.PREFILL, 1, 1, 512, 0),
            new PlannedPoint(Phase.DECODE, 1, 1, 1, 128),
            new PlannedPoint(Phase.DECODE, 1, 8, 1, 128),
            new PlannedPoint(Phase.PREFILL, 2, 1, 32, 0),
            new PlannedPoint(Phase.PREFILL, 2, 1, 512, 0),
            new PlannedPoint(Phase.DECODE, 2, 1, 1, 128),
            new PlannedPoint(Phase.DECODE, 2, 8, 1, 128)),
        plan.points());
  }

  @Test
  void measuresNothingTwice() {
    Plan plan = plan(List.of("2", "all", "2"), List.of(32, 32), List.of(), List.of());
    assertEquals(List.of(new PlannedPoint(Phase.PREFILL, 2, 1, 32, 0)), plan.points());
  }

  @Test
  void namesTheOptionAtFault() {
    assertFault("--prompt: 1025 exceeds", List.of("1"), List.of(1025), List.of(1), List.of(1));
    assertFault("--prompt: 0 is not positive", List.of("1"), List.of(0), List.of(1), List.of(1));
    assertFault("--batch: -1 is not", List.of("1"), List.of(1), List.of(-1), List.of(1));
    assertFault("--context: 1024 and the", List.of("1"), List.of(1), List.of(1), List.of(1024));
    assertFault("--threads: 3 is not in 1..2", List.of("3"), List.of(1), List.of(1), List.of(1));
    assertFault("--threads: 'two' is no", List.of("two"), List.of(1), List.of(1), List.of(1));
  }

  private static void assertFault(
      String message,
      List<String> threads,
      List<Integer> prompts,
      List<Integer> batches,
      List<Integer> contexts) {
    InvalidInputException fault =
        assertThrows(InvalidInputException.class, () -> plan(threads, prompts, batches, contexts));
    assertEquals(message, fault.getMessage().substring(0, message.length()));
  }

  private static Plan plan(
      List<String> threads, List<Integer> prompts, List<Integer> batches, List<Integer> contexts) {
    return Plan.of(new Plan.Request(threads, prompts, batches, contexts), CORES, MAX_POSITIONS);
  }
}
