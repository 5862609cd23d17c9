package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.report.Explanation.Section;
import dev.ridgepoint.bench.text.Units;
import java.util.Comparator;
import java.util.List;

/** How the numbers came about, and how far predictions and measurements lie apart. Plain text. */
final class Method {
  private Method() {}

  /** How things are counted, predicted and measured. */
  static List<Section> sections() {
    return List.of(
        new Section(
            "How FLOPs and bytes are counted",
            List.of(
                "One FLOP per add, multiply, divide, square root or exponential, so a multiply-add"
                    + " is two, and a product of an m×k and a k×n matrix is 2mkn. Causal attention"
                    + " counts the positions that each token really attends.",
                "Bytes are the traffic that no implementation can avoid: each weight once per step,"
                    + " each cached key and value once per step and sequence, new keys and values"
                    + " written once, activations once in and once out of each operation. What a"
                    + " cache saves or a kernel repeats is not in the count, but it is in the"
                    + " measured time. GB means 10^9 bytes; KiB, MiB and GiB are powers of two.")),
        new Section(
            "How the predictions are made",
            List.of(
                "The bound is the roofline and nothing else: no step can take less time than its"
                    + " FLOPs at the measured peak, nor less than its bytes at the measured"
                    + " bandwidth. The calibrated prediction adds up the step's operations: each"
                    + " takes its bound times the slowdown that its kernel showed when it was"
                    + " measured alone, right before and right after the step, and the time to"
                    + " start and join the threads. It never looks at the runs that it predicts;"
                    + " but a machine that others share is not the same machine a minute later.")),
        new Section(
            "How the roofs and points are measured",
            List.of(
                "A roof is the best of several measurements, since only disturbance separates the"
                    + " others from it; a point is the median of its iterations, so that a few in"
                    + " which the machine was busy with something else do not move it, with the"
                    + " interval that holds the median with 90 % confidence. A point is only ever"
                    + " compared with roofs of the same number of threads. A point above its roof"
                    + " would show a defect in the roof or in the count, and is reported as"
                    + " one.")));
  }

  /** How far the predictions are off, over all points. */
  static String accuracy(Report report) {
    List<Point> calibrated =
        report.points().stream()
            .filter(p -> p.prediction().calibratedSeconds().isPresent())
            .sorted(Comparator.comparingDouble(Method::error))
            .toList();
    if (calibrated.isEmpty()) {
      double least = report.points().stream().mapToDouble(Method::overBound).min().orElse(0);
      double most = report.points().stream().mapToDouble(Method::overBound).max().orElse(0);
      return "There is no calibration, so only the bound stands beside the measurements: they take "
          + "%s to %s times as long.".formatted(Units.significant(least), Units.significant(most));
    }
    Point worst = calibrated.getLast();
    if (calibrated.size() == 1) {
      return "The calibrated prediction is off by %s.".formatted(Units.percent(error(worst)));
    }
    int middle = calibrated.size() / 2;
    double median =
        calibrated.size() % 2 == 1
            ? error(calibrated.get(middle))
            : (error(calibrated.get(middle - 1)) + error(calibrated.get(middle))) / 2;
    return ("Over %s points the calibrated prediction is off by %s in the median and by "
            + "%s at worst (%s: %s).")
        .formatted(
            calibrated.size(),
            Units.percent(median),
            Units.percent(error(worst)),
            worst.number(),
            Describe.step(worst));
  }

  private static double error(Point point) {
    return Math.abs(point.predictedSeconds() / point.seconds() - 1);
  }

  private static double overBound(Point point) {
    return point.seconds() / point.prediction().boundSeconds();
  }
}
