package dev.ridgepoint.bench.report;

import java.util.List;
import java.util.OptionalDouble;

/**
 * A measured step beside what the estimator says of it.
 *
 * @param number from 1, as in charts and tables
 * @param measured the step and its time
 * @param flops all FLOPs of the step
 * @param bytes compulsory bytes of the step, all streams
 * @param weightBytes those of them that are weights
 * @param kvBytes those that are cached keys and values, read and written
 * @param peakFlopsPerSecond the compute roof above the point
 * @param roofBytesPerSecond the memory roof above the point
 * @param predictedSeconds by the roofline alone, and with measured kernel efficiencies
 * @param operations the step's operations, those of one name summed over the layers
 */
public record Point(
    int number,
    MeasuredPoint measured,
    long flops,
    long bytes,
    long weightBytes,
    long kvBytes,
    double peakFlopsPerSecond,
    double roofBytesPerSecond,
    PredictedSeconds predictedSeconds,
    List<Operation> operations) {

  /**
   * Times that the estimator gives for the step.
   *
   * @param bound no implementation can be faster: the roofs alone, nothing fitted
   * @param calibrated with the efficiencies of this machine's kernel benchmarks; empty without them
   */
  public record PredictedSeconds(double bound, OptionalDouble calibrated) {}

  /**
   * One operation of the step, summed over the layers.
   *
   * @param predictedSeconds calibrated where there is a calibration, else the bound
   */
  public record Operation(
      String name, long flops, long bytes, double predictedSeconds, BoundBy boundBy) {}

  public Point {
    operations = List.copyOf(operations);
  }

  public Phase phase() {
    return measured.phase();
  }

  public int threads() {
    return measured.threads();
  }

  public String dtype() {
    return measured.dtype();
  }

  /** FLOPs per byte. */
  public double intensity() {
    return (double) flops / bytes;
  }

  public double seconds() {
    return measured.seconds();
  }

  /** New tokens of all sequences per second. */
  public double tokensPerSecond() {
    return (double) measured.batch() * measured.newTokens() / seconds();
  }

  public double flopsPerSecond() {
    return flops / seconds();
  }

  public double bytesPerSecond() {
    return bytes / seconds();
  }

  /** The roof above the point: min(peak, intensity x bandwidth). */
  public double attainableFlopsPerSecond() {
    return Math.min(peakFlopsPerSecond, intensity() * roofBytesPerSecond);
  }

  /** Measured over attainable FLOP/s; more than 1 shows a defect of the roof or of the count. */
  public double fractionOfRoof() {
    return flopsPerSecond() / attainableFlopsPerSecond();
  }

  public boolean isAboveRoof() {
    return fractionOfRoof() > 1;
  }

  /** FLOPs per byte from which this point's compute roof is the lower one. */
  public double ridgePoint() {
    return peakFlopsPerSecond / roofBytesPerSecond;
  }

  public BoundBy boundBy() {
    return intensity() < ridgePoint() ? BoundBy.MEMORY : BoundBy.COMPUTE;
  }

  /** The best prediction there is: calibrated, else the bound. */
  public double bestPredictedSeconds() {
    return predictedSeconds.calibrated().orElse(predictedSeconds.bound());
  }

  /** "batch 1, context 128" for decode, "512 tokens" for prefill. */
  public String shape() {
    if (phase() == Phase.DECODE) {
      return "batch " + measured.batch() + ", context " + measured.context();
    }
    return Units.count(measured.newTokens(), "token")
        + (measured.context() > 0 ? " after " + measured.context() : "")
        + (measured.batch() > 1 ? ", batch " + measured.batch() : "");
  }
}
