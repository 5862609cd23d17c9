package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.text.Units;
import java.util.Comparator;
import java.util.List;

/** How far predictions and measurements lie apart. Plain text. */
final class Accuracy {
  private Accuracy() {}

  /** How far the predictions are off, over all points. */
  static String of(Report report) {
    List<Point> calibrated =
        report.points().stream()
            .filter(p -> p.prediction().calibratedSeconds().isPresent())
            .sorted(Comparator.comparingDouble(Accuracy::error))
            .toList();
    if (calibrated.isEmpty()) {
      double least = report.points().stream().mapToDouble(Accuracy::overBound).min().orElse(0);
      double most = report.points().stream().mapToDouble(Accuracy::overBound).max().orElse(0);
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
    return ("Over %s points the calibrated prediction is off by %s in the median and by %s at worst"
            + " (%s: %s). %s of them lie where the spread of their kernels, of the reads beside"
            + " them and of their own repetitions lets them be.")
        .formatted(
            calibrated.size(),
            Units.percent(median),
            Units.percent(error(worst)),
            worst.number(),
            Describe.step(worst),
            calibrated.stream().filter(Point::isAsPredicted).count());
  }

  private static double error(Point point) {
    return Math.abs(point.predictedSeconds() / point.seconds() - 1);
  }

  private static double overBound(Point point) {
    return point.seconds() / point.prediction().boundSeconds();
  }
}
