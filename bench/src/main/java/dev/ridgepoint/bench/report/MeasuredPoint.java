package dev.ridgepoint.bench.report;

import dev.ridgepoint.estimator.time.KernelCalibration;

/**
 * One measured step: the time of one prefill or of one token for every sequence of a batch.
 *
 * @param batch sequences in the step
 * @param newTokens new tokens of each sequence
 * @param context tokens that each sequence had cached before the step
 * @param seconds median time of the step
 * @param secondsError half the width of its 90 % confidence interval
 * @param kernels the step's kernels, timed alone right before and after the step was, and restated
 *     for the bandwidth that the step met; what its calibrated prediction is made of
 * @param readBytesPerSecond what plain reads of memory got between the step's iterations
 */
public record MeasuredPoint(
    Phase phase,
    int threads,
    int batch,
    int newTokens,
    int context,
    double seconds,
    double secondsError,
    KernelCalibration kernels,
    double readBytesPerSecond) {

  public MeasuredPoint {
    if (!(seconds > 0) || Double.isInfinite(seconds)) {
      throw new IllegalArgumentException("seconds must be positive, but is " + seconds);
    }
    if (!(secondsError >= 0) || Double.isInfinite(secondsError)) {
      throw new IllegalArgumentException("secondsError must not be negative: " + secondsError);
    }
    if (!(readBytesPerSecond > 0) || Double.isInfinite(readBytesPerSecond)) {
      throw new IllegalArgumentException(
          "readBytesPerSecond must be positive, but is " + readBytesPerSecond);
    }
  }
}
