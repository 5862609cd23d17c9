package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.hardware.Roofline;

/**
 * How long something takes, by a {@link TimeModel}.
 *
 * @param seconds the prediction
 * @param boundBy the roof over all of it together
 * @param lowestSeconds what about nine of ten runs do not fall below; the prediction itself where
 *     no error is known
 * @param highestSeconds what about nine of ten runs do not pass; likewise
 */
public record PredictedTime(
    double seconds, Roofline.Bound boundBy, double lowestSeconds, double highestSeconds) {

  public PredictedTime {
    if (!(lowestSeconds <= seconds && seconds <= highestSeconds)) {
      throw new IllegalArgumentException(
          "lowest, predicted and highest seconds must ascend, but are %s, %s and %s"
              .formatted(lowestSeconds, seconds, highestSeconds));
    }
  }

  /** A time of which no error is known. */
  public static PredictedTime of(double seconds, Roofline.Bound boundBy) {
    return new PredictedTime(seconds, boundBy, seconds, seconds);
  }

  /** The time of both, one after the other; what makes one slow makes the other slow. */
  public PredictedTime then(PredictedTime next, Roofline.Bound boundBy) {
    return new PredictedTime(
        seconds + next.seconds,
        boundBy,
        lowestSeconds + next.lowestSeconds,
        highestSeconds + next.highestSeconds);
  }

  /** The same, but nothing of it below {@code boundSeconds}: nothing is faster than its roof. */
  public PredictedTime atLeast(double boundSeconds) {
    return new PredictedTime(
        Math.max(seconds, boundSeconds),
        boundBy,
        Math.max(lowestSeconds, boundSeconds),
        Math.max(highestSeconds, boundSeconds));
  }
}
