package dev.ridgepoint.bench.run;

import java.util.OptionalDouble;

/**
 * How well a point is known.
 *
 * @param samples iterations so far, earlier runs' included
 * @param relativeError half the width of its interval over its value; empty of fewer than two
 */
record Standing(int samples, OptionalDouble relativeError) {
  static final Standing UNKNOWN = new Standing(0, OptionalDouble.empty());

  /** Fewer samples have no interval, and are as uncertain as can be. */
  double uncertainty() {
    return samples < Schedule.FEW_SAMPLES
        ? Double.POSITIVE_INFINITY
        : relativeError.orElse(Double.POSITIVE_INFINITY);
  }
}
