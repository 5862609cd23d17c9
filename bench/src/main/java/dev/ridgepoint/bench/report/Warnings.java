package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.text.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a reader must know before believing the numbers. */
final class Warnings {
  private static final String SLOW_ALONE =
      "its operations were slower when they were measured one by one, most likely because the"
          + " machine was busy then";

  private static final String SLOW_TOGETHER =
      "the step does something that its operations, measured one by one, do not, or the machine was"
          + " busy while it ran";

  private static final String SPREAD =
      "its operations, measured one by one, or the memory varied by as much";

  private static final double NOISY = 0.1;

  /** Predictions that are off by less are good. */
  private static final double TOLERANCE = 0.15;

  private Warnings() {}

  static List<Warning> of(ModelSummary model, Run run, List<Point> points) {
    List<Warning> warnings = new ArrayList<>();
    weightsInACache(model, points).map(Warning::ofMachine).ifPresent(warnings::add);
    warnings.addAll(notes(run, Warning.Subject.MACHINE));
    for (Point point : points) {
      Stream.of(aboveRoof(point), mispredicted(point), uncertain(point), slowMemory(point))
          .flatMap(Optional::stream)
          .forEach(text -> warnings.add(Warning.ofPoint(point.number(), text)));
      point.measured().notes().forEach(text -> warnings.add(Warning.ofPoint(point.number(), text)));
    }
    warnings.addAll(notes(run, Warning.Subject.RUN));
    return warnings;
  }

  private static List<Warning> notes(Run run, Warning.Subject subject) {
    return run.notes().stream().filter(note -> note.subject() == subject).toList();
  }

  private static Optional<String> weightsInACache(ModelSummary model, List<Point> points) {
    return points.stream()
        .filter(point -> point.memory().isCache())
        .findFirst()
        .map(
            point ->
                ("The weights, %s, fit into the %s: points are compared with its roof, %s on"
                        + " %s, and not with the memory's; but the weights need not stay there.")
                    .formatted(
                        Units.bytes(model.weightBytes()),
                        point.memory().text(),
                        Units.bytesPerSecond(point.roofline().bytesPerSecond()),
                        Units.count(point.threads(), "thread")));
  }

  private static Optional<String> aboveRoof(Point point) {
    return point.isAboveRoof()
        ? Optional.of(
            ("lies above its roof, at %s of it. Nothing can: the roof was measured too low, or the"
                    + " step does less than is counted, or the clock changed between the two"
                    + " measurements.")
                .formatted(Units.percentBeyond(point.fractionOfRoof())))
        : Optional.empty();
  }

  private static Optional<String> mispredicted(Point point) {
    if (point.prediction().calibratedSeconds().isEmpty()) {
      return Optional.empty();
    }
    double miss = point.predictedSeconds() / point.seconds() - 1;
    return Math.abs(miss) > TOLERANCE
        ? Optional.of(
            "was predicted %s too %s: %s."
                .formatted(
                    Units.percent(Math.abs(miss)),
                    miss > 0 ? "long" : "short",
                    point.isAsPredicted() ? SPREAD : miss > 0 ? SLOW_ALONE : SLOW_TOGETHER))
        : Optional.empty();
  }

  private static Optional<String> uncertain(Point point) {
    MeasuredPoint measured = point.measured();
    if (measured.relativeError().isEmpty()) {
      return Optional.of("is a single sample, so that its error is not known.");
    }
    return measured.relativeError().getAsDouble() > NOISY
        ? Optional.of(
            "is uncertain by %s: the machine was busy, or %s were too few."
                .formatted(
                    Units.percent(measured.relativeError().getAsDouble()),
                    Units.count(measured.samples(), "sample")))
        : Optional.empty();
  }

  /** What the roof, which is the memory's best moment, does not show. */
  private static Optional<String> slowMemory(Point point) {
    return point.metSlowMemory()
        ? Optional.of(
            ("met a slow memory: plain reads between its iterations got %s, of which it reached"
                    + " %s; at its best, which the roof shows, the memory gave %s.")
                .formatted(
                    Units.bytesPerSecond(point.measured().readBytesPerSecond()),
                    Units.percent(point.fractionOfReads()),
                    Units.bytesPerSecond(point.roofline().bytesPerSecond())))
        : Optional.empty();
  }
}
