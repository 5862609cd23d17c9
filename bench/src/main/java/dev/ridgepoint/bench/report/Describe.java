package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.text.Units;

/** One point in words, for messages. */
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
}
