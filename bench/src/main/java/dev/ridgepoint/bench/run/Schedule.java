package dev.ridgepoint.bench.run;

import dev.ridgepoint.bench.report.Phase;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What to do next, from coarse to fine: one decode and one prefill with all threads, then the other
 * points of the plan, the cheapest first; then the roofs once more and more samples of whatever is
 * least certain. What costs more than is left waits for a longer run.
 */
final class Schedule {
  /** The fewest that have an interval of 90 %. */
  static final int FEW_SAMPLES = 5;

  /** Without an interval, so that they are refined before others, and get their kernels then. */
  private static final int FIRST_SAMPLES = FEW_SAMPLES - 1;

  private static final int MORE_SAMPLES = 12;

  /** Nobody waits for less: clocks and neighbours change by more. */
  private static final double CERTAIN = 0.01;

  /** Between probes of the roofs, which change with clocks and neighbours. */
  private static final double ROOFS_SECONDS = 45;

  private final Costs costs;
  private final Set<PlannedPoint> firstLook = new LinkedHashSet<>();
  private final List<PlannedPoint> order;

  /** Something to do. */
  sealed interface Task {}

  /** To take {@code samples} more of a point. */
  record Measure(PlannedPoint point, int samples) implements Task {}

  /** To probe the roofs once more. */
  record ProbeRoofs() implements Task {}

  Schedule(Plan plan, Costs costs) {
    this.costs = costs;
    this.order = order(plan.points());
  }

  private List<PlannedPoint> order(List<PlannedPoint> points) {
    List<PlannedPoint> cheapest =
        points.stream().sorted(Comparator.comparingDouble(costs::stepSeconds)).toList();
    int most = points.stream().mapToInt(PlannedPoint::threads).max().orElseThrow();
    for (Phase phase : List.of(Phase.DECODE, Phase.PREFILL)) {
      cheapest.stream()
          .filter(point -> point.phase() == phase && point.threads() == most)
          .findFirst()
          .ifPresent(firstLook::add);
    }
    Set<PlannedPoint> all = new LinkedHashSet<>(firstLook);
    all.addAll(cheapest);
    return List.copyOf(all);
  }

  /**
   * The next task that ends in time; none if nothing is worth doing in what is left. The very first
   * point is measured whatever it costs, since a report without one would say nothing.
   *
   * @param secondsSinceRoofs since the roofs were probed last
   * @param standings of the points that can be measured
   */
  Optional<Task> next(
      double secondsLeft, double secondsSinceRoofs, Map<PlannedPoint, Standing> standings) {
    List<PlannedPoint> open = order.stream().filter(standings::containsKey).toList();
    List<PlannedPoint> missing =
        open.stream().filter(point -> standings.get(point).samples() == 0).toList();
    if (!missing.isEmpty() && missing.size() == open.size()) {
      return Optional.of(missing(missing, secondsLeft).orElse(new Measure(missing.getFirst(), 1)));
    }
    return missing(missing, secondsLeft)
        .or(() -> roofs(secondsLeft, secondsSinceRoofs))
        .or(() -> refined(open, standings, secondsLeft));
  }

  /** A point gets one sample, and its share of what is left when each that fits has got one. */
  private Optional<Task> missing(List<PlannedPoint> missing, double secondsLeft) {
    double rest = secondsLeft;
    List<PlannedPoint> fitting = new ArrayList<>();
    for (PlannedPoint point : missing) {
      double seconds = costs.seconds(point, 1);
      if (seconds <= rest) {
        rest -= seconds;
        fitting.add(point);
      }
    }
    if (fitting.isEmpty()) {
      return Optional.empty();
    }
    PlannedPoint first = fitting.getFirst();
    int most = firstLook.contains(first) ? FIRST_SAMPLES : FEW_SAMPLES;
    return Optional.of(new Measure(first, samples(first, rest / fitting.size(), most)));
  }

  private Optional<Task> roofs(double secondsLeft, double secondsSinceRoofs) {
    return secondsSinceRoofs > ROOFS_SECONDS && costs.roofsSeconds() <= secondsLeft
        ? Optional.of(new ProbeRoofs())
        : Optional.empty();
  }

  private Optional<Task> refined(
      List<PlannedPoint> open, Map<PlannedPoint, Standing> standings, double secondsLeft) {
    return open.stream()
        .filter(point -> standings.get(point).samples() > 0)
        .filter(point -> standings.get(point).uncertainty() > CERTAIN)
        .filter(point -> costs.seconds(point, 1) <= secondsLeft)
        .max(Comparator.comparingDouble(point -> standings.get(point).uncertainty()))
        .map(
            point ->
                new Measure(
                    point, samples(point, secondsLeft - costs.seconds(point, 1), MORE_SAMPLES)));
  }

  /** One, and as many more as {@code seconds} suffice for. */
  private int samples(PlannedPoint point, double seconds, int most) {
    return (int) Math.clamp(1 + seconds / costs.sampleSeconds(point), 1, most);
  }
}
