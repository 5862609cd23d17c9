package dev.ridgepoint.bench.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A logarithmic axis.
 *
 * @param min smallest value shown
 * @param max largest value shown
 * @param start coordinate of min
 * @param end coordinate of max
 */
record LogAxis(double min, double max, double start, double end) {

  /** A gridline: a decade (1, 10, ...) or one of the steps between. */
  record Tick(double value, boolean decade) {}

  /** Decades between min and max, with fractions. */
  static double decades(double min, double max) {
    return Math.log10(max / min);
  }

  /** Coordinate of {@code value}; values beyond the ends are held at them. */
  double at(double value) {
    double share = Math.log(Math.clamp(value, min, max) / min) / Math.log(max / min);
    return start + share * (end - start);
  }

  boolean contains(double value) {
    return value >= min && value <= max;
  }

  List<Tick> ticks() {
    List<Tick> ticks = new ArrayList<>();
    for (int power = (int) Math.floor(Math.log10(min)); power <= Math.log10(max); power++) {
      for (int step = 1; step < 10; step++) {
        double value = step * Math.pow(10, power);
        if (value >= min * (1 - 1e-9) && value <= max * (1 + 1e-9)) {
          ticks.add(new Tick(value, step == 1));
        }
      }
    }
    return ticks;
  }

  /** The largest of ..., 1, 2, 5, 10, ... that is at most {@code value}. */
  static double roundDown(double value) {
    double decade = Math.pow(10, Math.floor(Math.log10(value)));
    double leading = value / decade;
    return decade * (leading >= 5 ? 5 : leading >= 2 ? 2 : 1);
  }

  /** The smallest of ..., 1, 2, 5, 10, ... that is at least {@code value}. */
  static double roundUp(double value) {
    double lower = roundDown(value);
    if (lower >= value) {
      return lower;
    }
    double decade = Math.pow(10, Math.floor(Math.log10(value)));
    double leading = value / decade;
    return decade * (leading < 2 ? 2 : leading < 5 ? 5 : 10);
  }
}
