package dev.ridgepoint.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.bench.report.Phase;
import dev.ridgepoint.bench.run.Schedule.Measure;
import dev.ridgepoint.bench.run.Schedule.ProbeRoofs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Bounds are 10 ms for each sequence, 1 ms for each token of a prompt; a set-up takes 8 s. */
class ScheduleTest {
  private static final PlannedPoint ONE = new PlannedPoint(Phase.DECODE, 1, 1, 1, 128);
  private static final PlannedPoint DECODE = new PlannedPoint(Phase.DECODE, 2, 1, 1, 128);
  private static final PlannedPoint BATCH = new PlannedPoint(Phase.DECODE, 2, 8, 1, 128);
  private static final PlannedPoint SHORT = new PlannedPoint(Phase.PREFILL, 2, 1, 32, 0);
  private static final PlannedPoint LONG = new PlannedPoint(Phase.PREFILL, 2, 1, 8192, 0);

  private final Plan plan = new Plan(List.of(LONG, BATCH, SHORT, ONE, DECODE));
  private final Costs costs = new Costs(FakeBench::boundSeconds, 8);
  private final Schedule schedule = new Schedule(plan, costs);
  private final Map<PlannedPoint, Standing> standings = new LinkedHashMap<>();

  ScheduleTest() {
    plan.points().forEach(point -> standings.put(point, Standing.UNKNOWN));
  }

  @Test
  void aDecodeAndAPrefillComeFirstThenTheCheapest() {
    for (PlannedPoint expected : List.of(DECODE, SHORT, ONE, BATCH, LONG)) {
      assertEquals(expected, ((Measure) next(1000, 0).orElseThrow()).point());
      known(expected, 5, 0.05);
    }
  }

  @Test
  void theLeastCertainIsRefined() {
    plan.points().forEach(point -> known(point, 12, 0.02));
    known(BATCH, 12, 0.3);
    assertEquals(Optional.of(new Measure(BATCH, 12)), next(1000, 0));
    known(ONE, 4, 0.01);
    assertEquals(Optional.of(new Measure(ONE, 12)), next(1000, 0));
  }

  @Test
  void whatIsCertainIsNotRefined() {
    plan.points().forEach(point -> known(point, 24, 0.009));
    assertEquals(Optional.empty(), next(1000, 0));
  }

  @Test
  void roofsAreProbedAgainWhenAllPointsAreKnown() {
    assertEquals(Measure.class, next(1000, 100).orElseThrow().getClass());
    plan.points().forEach(point -> known(point, 5, 0.05));
    assertEquals(Optional.of(new ProbeRoofs()), next(1000, 100));
    assertEquals(Measure.class, next(1000, 10).orElseThrow().getClass());
  }

  @Test
  void aPointThatDoesNotFitIsLeftOutAndTheOthersMeasured() {
    known(DECODE, 5, 0.05);
    known(SHORT, 5, 0.05);
    known(ONE, 5, 0.05);
    known(BATCH, 5, 0.009);
    // A long prompt takes 12 s, and the steps before it another 48.
    costs.learn(DECODE, 5, 9);
    assertEquals(DECODE, ((Measure) next(50, 0).orElseThrow()).point());
    assertEquals(LONG, ((Measure) next(90, 0).orElseThrow()).point());
    assertEquals(new Measure(LONG, 1), next(72, 0).orElseThrow());
  }

  @Test
  void nothingBeginsThatDoesNotEnd() {
    known(DECODE, 5, 0.5);
    assertEquals(Optional.empty(), next(5, 100));
  }

  @Test
  void theFirstPointIsMeasuredWhateverItCosts() {
    assertEquals(Optional.of(new Measure(DECODE, 1)), next(0.5, 0));
  }

  private void known(PlannedPoint point, int samples, double relativeError) {
    standings.put(point, new Standing(samples, OptionalDouble.of(relativeError)));
  }

  private Optional<Schedule.Task> next(double secondsLeft, double secondsSinceRoofs) {
    return schedule.next(secondsLeft, secondsSinceRoofs, standings);
  }
}
