package dev.ridgepoint.bench.report;

import dev.ridgepoint.estimator.hardware.Machine;
import java.util.ArrayList;
import java.util.List;

/** What a reader must know before believing the numbers. */
final class Warnings {
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
      double error = point.measured().secondsError() / point.seconds();
      if (error > NOISY) {
        warnings.add(
            name
                + " is uncertain by %s: the machine was busy, or there were too few repetitions."
                    .formatted(Units.percent(error)));
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
                          + (" was predicted %s too %s: the step does something that its "
                                  + "operations, measured one by one, do not.")
                              .formatted(
                                  Units.percent(Math.abs(miss)), miss > 0 ? "long" : "short"));
                }
              });
    }
    warnings.addAll(run.notes());
    return warnings;
  }
}
