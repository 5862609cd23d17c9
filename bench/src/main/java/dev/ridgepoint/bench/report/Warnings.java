package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.hardware.Machine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a reader must know before believing the numbers. */
final class Warnings {
  private static final String SLOW_ALONE =
      "its operations were slower when they were measured one by one, most likely because the"
          + " machine was busy then";

  private static final String SLOW_TOGETHER =
      "the step does something that its operations, measured one by one, do not, or the machine was"
          + " busy while it ran";

  private static final double NOISY = 0.1;

  private Warnings() {}

  static List<String> of(Machine machine, ModelSummary model, Run run, List<Point> points) {
    List<String> warnings = new ArrayList<>();
    long largestSet =
        machine.bandwidths().stream()
            .mapToLong(Machine.Bandwidth::workingSetBytes)
            .max()
            .orElseThrow();
    String lastLevel = machine.levels().getLast();
    long reachOfCaches =
        machine.bandwidths().stream()
            .filter(b -> !b.level().equals(lastLevel))
            .mapToLong(Machine.Bandwidth::workingSetBytes)
            .max()
            .orElse(0);
    if (model.weightBytes() <= reachOfCaches) {
      warnings.add(
          ("The weights, %s, may stay in a cache: the %s roof, measured on %s, need not "
                  + "bind, and points may lie above it.")
              .formatted(Units.bytes(model.weightBytes()), lastLevel, Units.size(largestSet)));
    }
    for (Point point : points) {
      String name = "Point " + point.number() + " (" + Describe.step(point) + ")";
      if (point.isAboveRoof()) {
        warnings.add(
            name
                + (" lies above its roof, at %s of it. Nothing can: the roof was measured "
                        + "too low, or the step does less than is counted, or the clock changed "
                        + "between the two measurements.")
                    .formatted(Units.percentBeyond(point.fractionOfRoof())));
      }
      point
          .prediction()
          .calibratedSeconds()
          .ifPresent(
              seconds -> {
                double miss = seconds / point.seconds() - 1;
                if (Math.abs(miss) > PredictionChart.TOLERANCE) {
                  warnings.add(
                      name
                          + " was predicted %s too %s: %s."
                              .formatted(
                                  Units.percent(Math.abs(miss)),
                                  miss > 0 ? "long" : "short",
                                  miss > 0 ? SLOW_ALONE : SLOW_TOGETHER));
                }
              });
    }
    uncertain(points).ifPresent(warnings::add);
    points.stream()
        .filter(Point::metSlowMemory)
        .collect(Collectors.groupingBy(Point::threads))
        .forEach((threads, slow) -> warnings.add(slowMemory(threads, slow)));
    warnings.addAll(run.notes());
    return warnings;
  }

  /** What the roof, which is the memory's best moment, does not show. */
  private static String slowMemory(int threads, List<Point> points) {
    String list =
        points.stream()
            .map(
                point ->
                    String.format(
                        Locale.ROOT,
                        "%d (%s, %s)",
                        point.number(),
                        Units.bytesPerSecond(point.measured().readBytesPerSecond()),
                        Units.percent(point.fractionOfReads())))
            .collect(Collectors.joining(", "));
    return ("On %s, memory was slower while some points were measured than at its best, %s, which "
            + "the roof shows. Plain reads between their iterations, and what the point reached of "
            + "them: %s.")
        .formatted(
            Units.count(threads, "thread"),
            Units.bytesPerSecond(points.getFirst().roofline().bytesPerSecond()),
            list);
  }

  /** One sentence for all points whose error is wide, since a busy machine widens most of them. */
  private static Optional<String> uncertain(List<Point> points) {
    List<Point> noisy =
        points.stream()
            .filter(point -> error(point) > NOISY)
            .sorted(Comparator.comparingDouble(Warnings::error).reversed())
            .toList();
    if (noisy.isEmpty()) {
      return Optional.empty();
    }
    String list =
        noisy.stream()
            .map(
                point ->
                    String.format(
                        Locale.ROOT, "%d (%s)", point.number(), Units.percent(error(point))))
            .collect(Collectors.joining(", "));
    return Optional.of(
        "%s by more than %s: %s. The machine was busy, or there were too few repetitions."
            .formatted(
                noisy.size() == 1
                    ? "One point is uncertain"
                    : noisy.size() + " points are uncertain",
                Units.percent(NOISY),
                list));
  }

  private static double error(Point point) {
    return point.measured().secondsError() / point.seconds();
  }
}
