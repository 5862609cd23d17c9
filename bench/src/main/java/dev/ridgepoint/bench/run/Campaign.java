package dev.ridgepoint.bench.run;

import dev.ridgepoint.bench.run.Schedule.Measure;
import dev.ridgepoint.bench.run.Schedule.ProbeRoofs;
import dev.ridgepoint.bench.run.Schedule.Task;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;

/**
 * Measures what a schedule says while the budget lasts. What earlier runs left is taken over, and
 * added to.
 */
final class Campaign {
  private final Plan plan;
  private final Costs costs;
  private final Schedule schedule;
  private final Budget budget;
  private final BooleanSupplier isStopped;
  private final Bench bench;
  private final Map<PlannedPoint, List<JsonNode>> results = new LinkedHashMap<>();
  private final Map<PlannedPoint, Standing> standings = new LinkedHashMap<>();
  private final Map<PlannedPoint, String> failures = new LinkedHashMap<>();
  private double roofsAt;

  /** What measures, and keeps what it measured. */
  interface Bench {
    /** JMH's results for a point, the oldest first; none if it was not measured. */
    List<JsonNode> known(PlannedPoint point) throws IOException;

    /**
     * Measures and keeps.
     *
     * @param secondsLeft when they are over, the measurement may be given up
     * @param withKernels whether to time its kernels, too, which a first look does without
     * @throws IOException if the benchmark fails or is given up
     */
    void measure(PlannedPoint point, int samples, double secondsLeft, boolean withKernels)
        throws IOException;

    /** Probes the roofs once more. */
    void probeRoofs();
  }

  /** Told of the campaign's progress. */
  public interface Progress {
    /** Something is measured now, in words. */
    void does(String what);

    /** What was done has been kept. */
    void finished(Campaign campaign) throws IOException;
  }

  /**
   * @param isStopped whether to end before the budget does
   */
  Campaign(Plan plan, Costs costs, Budget budget, BooleanSupplier isStopped, Bench bench)
      throws IOException {
    this.plan = plan;
    this.costs = costs;
    this.budget = budget;
    this.isStopped = isStopped;
    this.bench = bench;
    for (PlannedPoint point : plan.points()) {
      standings.put(point, Standing.UNKNOWN);
      learn(point);
    }
    schedule = new Schedule(plan, costs);
    roofsAt = budget.secondsUsed();
  }

  /**
   * Measures until the budget is used up, nothing is left to be done, or it is stopped.
   *
   * @throws IOException if nothing could be measured, or {@code progress} throws it
   */
  void run(Progress progress) throws IOException {
    Optional<Task> task = next();
    while (task.isPresent()) {
      double start = budget.secondsUsed();
      switch (task.get()) {
        case Measure measure -> {
          progress.does("measuring " + measure.point());
          measure(measure, start);
        }
        case ProbeRoofs _ -> {
          progress.does("probing the roofs once more");
          bench.probeRoofs();
          roofsAt = budget.secondsUsed();
          costs.learnRoofs(roofsAt - start);
        }
      }
      progress.finished(this);
      task = next();
    }
    if (results.isEmpty() && !failures.isEmpty()) {
      throw new IOException(failures.values().iterator().next());
    }
  }

  private Optional<Task> next() {
    return isStopped.getAsBoolean()
        ? Optional.empty()
        : schedule.next(budget.secondsLeft(), budget.secondsUsed() - roofsAt, standings);
  }

  private void measure(Measure measure, double start) throws IOException {
    PlannedPoint point = measure.point();
    double limit = results.isEmpty() ? Double.POSITIVE_INFINITY : budget.secondsLeft();
    try {
      bench.measure(point, measure.samples(), limit, plan.isSeenBy(results.keySet()));
    } catch (IOException e) {
      // The point is not to blame where the measurement was given up.
      if (!isStopped.getAsBoolean() && budget.secondsLeft() > 0) {
        failures.put(point, e.getMessage());
        standings.remove(point);
      }
      return;
    }
    learn(point);
    costs.learn(point, measure.samples(), budget.secondsUsed() - start);
  }

  private void learn(PlannedPoint point) throws IOException {
    List<JsonNode> known = bench.known(point);
    if (!known.isEmpty()) {
      JmhScore score = JmhScore.of(JmhResults.pooled(known));
      results.put(point, known);
      standings.put(point, new Standing(score.samples(), score.relativeError()));
      costs.learnStep(point, score.seconds());
    }
  }

  /** JMH's results for each point that was measured, in the plan's order. */
  Map<PlannedPoint, List<JsonNode>> results() {
    Map<PlannedPoint, List<JsonNode>> ordered = new LinkedHashMap<>();
    plan.points().stream()
        .filter(results::containsKey)
        .forEach(point -> ordered.put(point, results.get(point)));
    return ordered;
  }

  /** What the benchmarks of points that failed said. */
  Map<PlannedPoint, String> failures() {
    return failures;
  }

  /** The points that did not fit into the budget. */
  List<PlannedPoint> leftOut() {
    return plan.points().stream()
        .filter(point -> !results.containsKey(point) && !failures.containsKey(point))
        .toList();
  }

  /** The budget that would have sufficed for those left out, too, as far as is known. */
  double secondsForAll() {
    return budget.secondsUsed()
        + leftOut().stream().mapToDouble(point -> costs.seconds(point, Schedule.FEW_SAMPLES)).sum();
  }

  int points() {
    return plan.points().size();
  }

  double secondsLeft() {
    return Math.max(0, budget.secondsLeft());
  }
}
