package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.text.Units;

/** One point in words, for tooltips, screen readers and messages. */
final class Describe {
  private Describe() {}

  /** "decode, batch 1, context 128, 2 threads". */
  static String step(Point point) {
    return point.phase().label()
        + (point.phase() == Phase.DECODE ? ", " : " of ")
        + point.shape()
        + ", "
        + Units.count(point.threads(), "thread");
  }

  /** The step and what was measured: "...: 24.9 tokens/s, 24.5 GFLOP/s, 91 % of its roof". */
  static String point(Point point) {
    return "%s: %s: %s, %s at %s, %s of its %s roof"
        .formatted(
            point.number(),
            step(point),
            Units.tokensPerSecond(point.tokensPerSecond()),
            Units.flopsPerSecond(point.flopsPerSecond()),
            Units.intensity(point.intensity()),
            Units.percent(point.fractionOfRoof()),
            Point.name(point.boundBy()));
  }
}
