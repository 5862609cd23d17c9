package dev.ridgepoint.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.report.Phase;
import dev.ridgepoint.bench.report.Warning;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CampaignTest {
  private static final PlannedPoint DECODE = new PlannedPoint(Phase.DECODE, 2, 1, 1, 128);
  private static final PlannedPoint BATCH = new PlannedPoint(Phase.DECODE, 2, 8, 1, 128);
  private static final PlannedPoint SHORT = new PlannedPoint(Phase.PREFILL, 2, 1, 32, 0);
  private static final PlannedPoint LONG = new PlannedPoint(Phase.PREFILL, 2, 1, 512, 0);
  private static final Plan PLAN = new Plan(List.of(SHORT, LONG, DECODE, BATCH));

  @TempDir private Path folder;
  private FakeBench bench;

  @BeforeEach
  void makeBench() {
    machine(1.3);
  }

  private void machine(double slowness) {
    bench = new FakeBench(new MeasurementStore(folder), slowness);
  }

  @Test
  void aFastMachineMeasuresAllAndRefinesWhileTimeLasts() throws IOException {
    Campaign campaign = run(240);
    assertEquals(List.of(), campaign.leftOut());
    assertEquals(PLAN.points(), List.copyOf(campaign.results().keySet()));
    assertEquals(List.of(DECODE, SHORT, BATCH, LONG), bench.measured.subList(0, 4));
    assertTrue(bench.measured.size() > 10, bench.measured.toString());
    assertTrue(bench.roofs >= 2, "roofs " + bench.roofs);
    campaign
        .results()
        .values()
        .forEach(results -> assertTrue(JmhScore.of(JmhResults.pooled(results)).samples() > 12));
    assertTrue(bench.now <= 240, "ended at " + bench.now);
  }

  @Test
  void aSlowMachineKeepsToTheTimeAndSaysWhatItLeftOut() throws IOException {
    machine(16);
    Campaign campaign = run(60);
    assertTrue(bench.now <= 60, "ended at " + bench.now);
    assertTrue(campaign.results().containsKey(DECODE));
    assertEquals(List.of(LONG), campaign.leftOut());
    String note = LeftOut.notes(campaign).getFirst().text();
    assertTrue(
        note.startsWith("Left out for want of time: prefill, 512 tokens, 2 threads. Run it"), note);
    assertTrue(note.contains("--time "), note);
  }

  @Test
  void theTimeThatIsNamedForWhatWasLeftOutSuffices() throws IOException {
    machine(16);
    double seconds = run(60).secondsForAll();
    machine(16);
    assertEquals(List.of(), run(seconds).leftOut());
  }

  @Test
  void aPointThatIsTenTimesSlowerThanPredictedIsGivenUpInTime() throws IOException {
    bench.slower.put(LONG, 10.0);
    Campaign campaign = run(50);
    assertTrue(bench.now <= 50 + 1e-6, "ended at " + bench.now);
    assertEquals(Set.of(SHORT, DECODE, BATCH), campaign.results().keySet());
    assertEquals(List.of(LONG), campaign.leftOut());
    assertEquals(Set.of(), campaign.failures().keySet());
  }

  @Test
  void aSlowPointGetsFewSamples() throws IOException {
    bench.slower.put(LONG, 10.0);
    Campaign campaign = run(120);
    JmhScore slow = JmhScore.of(JmhResults.pooled(campaign.results().get(LONG)));
    JmhScore fast = JmhScore.of(JmhResults.pooled(campaign.results().get(DECODE)));
    assertTrue(slow.samples() < fast.samples(), slow.samples() + ", " + fast.samples());
    assertTrue(bench.now <= 120 + 1e-6, "ended at " + bench.now);
  }

  @Test
  void aPointThatFailsIsSaidAndNotTriedAgain() throws IOException {
    bench.failing.add(SHORT);
    Campaign campaign = run(120);
    assertEquals(1, bench.measured.stream().filter(SHORT::equals).count());
    assertEquals(Set.of(LONG, DECODE, BATCH), campaign.results().keySet());
    assertEquals(
        List.of(
            Warning.ofRun(
                "Prefill, 32 tokens, 2 threads could not be measured. benchmark failed: out of"
                    + " memory")),
        LeftOut.notes(campaign));
  }

  @Test
  void whereEveryPointFailsTheReasonIsThrown() {
    bench.failing.addAll(PLAN.points());
    IOException failure = assertThrows(IOException.class, () -> run(240));
    assertEquals("benchmark failed: out of memory", failure.getMessage());
  }

  @Test
  void anInterruptedRunKeepsWhatItMeasured() throws IOException {
    Campaign interrupted = run(240, () -> bench.measured.size() >= 2);
    assertEquals(Set.of(SHORT, DECODE), interrupted.results().keySet());
    assertEquals(List.of(LONG, BATCH), interrupted.leftOut());

    machine(1.3);
    Campaign later = run(240, () -> bench.measured.size() >= 2);
    assertEquals(List.of(BATCH, LONG), bench.measured);
    assertEquals(PLAN.points(), List.copyOf(later.results().keySet()));
  }

  @Test
  void anotherRunAddsSamples() throws IOException {
    int before = samples(run(60));
    machine(1.3);
    assertTrue(samples(run(60)) > before + 5);
  }

  @Test
  void lessTimeThanAPointTakesGivesThatPoint() throws IOException {
    assertEquals(Set.of(DECODE), run(1).results().keySet());
  }

  private static int samples(Campaign campaign) {
    return campaign.results().values().stream()
        .mapToInt(results -> JmhScore.of(JmhResults.pooled(results)).samples())
        .sum();
  }

  private Campaign run(double seconds) throws IOException {
    return run(seconds, () -> false);
  }

  private Campaign run(double seconds, BooleanSupplier isStopped) throws IOException {
    Budget budget = new Budget(Duration.ofMillis((long) (1000 * seconds)), bench::nanoTime);
    Costs costs = new Costs(FakeBench::boundSeconds, 8);
    Campaign campaign = new Campaign(PLAN, costs, budget, isStopped, bench);
    campaign.run(
        new Campaign.Progress() {
          @Override
          public void does(String what) {
            // Nobody watches.
          }

          @Override
          public void finished(Campaign campaign) {
            // Nobody watches.
          }
        });
    return campaign;
  }
}
