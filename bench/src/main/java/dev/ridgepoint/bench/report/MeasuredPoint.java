package dev.ridgepoint.bench.report;

import dev.ridgepoint.estimator.time.KernelCalibration;
import java.util.List;
import java.util.OptionalDouble;

/**
 * One measured step: the time of one prefill or of one token for every sequence of a batch.
 *
 * @param batch sequences in the step
 * @param newTokens new tokens of each sequence
 * @param context tokens that each sequence had cached before the step
 * @param seconds median time of the step
 * @param secondsError half the width of its 90 % confidence interval; of two to four samples half
 *     their range; empty of a single one
 * @param samples iterations that the median is of
 * @param kernels the step's kernels, timed alone right before the step was, and restated for the
 *     bandwidth that the step met; what its calibrated prediction is made of
 * @param readBytesPerSecond what plain reads of memory got between the step's iterations
 * @param notes what happened while it was measured, each a predicate of the point
 */
public record MeasuredPoint(
    Phase phase,
    int threads,
    int batch,
    int newTokens,
    int context,
    double seconds,
    OptionalDouble secondsError,
    int samples,
    KernelCalibration kernels,
    double readBytesPerSecond,
    List<String> notes) {
  /** Of five samples the range holds the median with 94 %, of four with 88 %. */
  public static final int SAMPLES_OF_AN_INTERVAL = 5;

  public MeasuredPoint {
    if (!(seconds > 0) || Double.isInfinite(seconds)) {
      throw new IllegalArgumentException("seconds must be positive, but is " + seconds);
    }
    if (secondsError.isPresent() != samples > 1) {
      throw new IllegalArgumentException(samples + " samples with error " + secondsError);
    }
    double error = secondsError.orElse(0);
    if (!(error >= 0) || Double.isInfinite(error)) {
      throw new IllegalArgumentException("secondsError must not be negative: " + error);
    }
    notes = List.copyOf(notes);
    if (!(readBytesPerSecond > 0) || Double.isInfinite(readBytesPerSecond)) {
      throw new IllegalArgumentException(
          "readBytesPerSecond must be positive, but is " + readBytesPerSecond);
    }
  }

  /** The error relative to the time; empty of a single sample. */
  public OptionalDouble relativeError() {
    return secondsError.isPresent()
        ? OptionalDouble.of(secondsError.getAsDouble() / seconds)
        : OptionalDouble.empty();
  }

  /** Whether the samples are enough for an interval of 90 %, so that the error is not a range. */
  boolean hasInterval() {
    return samples >= SAMPLES_OF_AN_INTERVAL;
  }
}
