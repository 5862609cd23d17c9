package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.time.PredictedTime;

/**
 * How far measured runs lie from a prediction: nine of ten measured times lie between {@code
 * lowest} and {@code highest} times the predicted one.
 *
 * @param lowest factor, at most 1
 * @param highest factor, at least 1
 */
record ServingError(double lowest, double highest) {
  /** Of the time per output token. */
  static final ServingError PER_TOKEN = new ServingError(0.81, 1.34);

  /** Of the time to the first token. */
  static final ServingError FIRST_TOKEN = new ServingError(0.5, 3.9);

  /** A prediction with its error, nothing of it below its bound. */
  PredictedTime around(double seconds, PredictedTime bound) {
    return new PredictedTime(seconds, bound.boundBy(), seconds * lowest, seconds * highest)
        .atLeast(bound.seconds());
  }
}
