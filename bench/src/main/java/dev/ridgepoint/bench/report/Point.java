package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.hardware.MemoryLevel;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.time.Prediction;
import java.util.List;

/**
 * A measured step beside what the estimator says of it.
 *
 * @param number from 1, as in charts and tables
 * @param measured the step and its time
 * @param roofline the roofs above the point
 * @param memory the level that holds the weights: the roofline's slope is its
 * @param prediction of the whole step, its exact FLOPs and bytes included
 * @param operations the step's operations in order, those of one name summed over the layers
 */
public record Point(
    int number,
    MeasuredPoint measured,
    Roofline roofline,
    MemoryLevel memory,
    Prediction prediction,
    List<NamedPrediction> operations) {

  /** Bandwidth varies by less from moment to moment, on a machine that nobody else uses. */
  private static final double SLOW = 0.85;

  public Point {
    operations = List.copyOf(operations);
  }

  public Phase phase() {
    return measured.phase();
  }

  public int threads() {
    return measured.threads();
  }

  public long flops() {
    return prediction.cost().flops();
  }

  /** Compulsory bytes, all streams. */
  public long bytes() {
    return prediction.cost().bytes();
  }

  public long weightBytes() {
    return prediction.cost().weightBytes();
  }

  /** Cached keys and values, read and written. */
  public long kvBytes() {
    return Math.addExact(prediction.cost().kvReadBytes(), prediction.cost().kvWrittenBytes());
  }

  /** FLOPs per byte. */
  public double intensity() {
    return prediction.cost().arithmeticIntensity();
  }

  public double seconds() {
    return measured.seconds();
  }

  /** New tokens of all sequences per second. */
  public double tokensPerSecond() {
    return (double) measured.batch() * measured.newTokens() / seconds();
  }

  public double flopsPerSecond() {
    return flops() / seconds();
  }

  public double bytesPerSecond() {
    return bytes() / seconds();
  }

  /** The roof above the point: min(peak, intensity x bandwidth). */
  public double attainableFlopsPerSecond() {
    return roofline.attainableFlopsPerSecond(intensity());
  }

  /** Measured over attainable FLOP/s; more than 1 shows a defect of the roof or of the count. */
  public double fractionOfRoof() {
    return roofline.fractionOfRoof(flops(), bytes(), seconds());
  }

  /**
   * The bandwidth that the step reached over what plain reads got between its iterations: its
   * distance to the memory as it was then, where the roof is the memory at its best.
   */
  public double fractionOfReads() {
    return bytesPerSecond() / measured.readBytesPerSecond();
  }

  /** Whether the step waited for a memory that was far slower then than when it was probed. */
  boolean metSlowMemory() {
    return isMemoryBound()
        && !memory.isCache()
        && measured.readBytesPerSecond() < SLOW * roofline.bytesPerSecond();
  }

  public boolean isAboveRoof() {
    return fractionOfRoof() > 1;
  }

  public Roofline.Bound boundBy() {
    return prediction.boundBy();
  }

  public boolean isMemoryBound() {
    return boundBy() == Roofline.Bound.MEMORY;
  }

  /** The best prediction there is: calibrated, else the bound. */
  public double predictedSeconds() {
    return seconds(prediction);
  }

  /** The best prediction there is of the step or of one of its operations. */
  static double seconds(Prediction prediction) {
    return prediction.calibratedSeconds().orElse(prediction.boundSeconds());
  }

  /**
   * Whether the measured time lies within the calibrated prediction's interval, as far as both are
   * known; false where there is no calibration.
   */
  boolean isAsPredicted() {
    double error = measured.secondsError().orElse(0);
    return prediction
        .calibrated()
        .filter(time -> seconds() + error >= time.lowestSeconds())
        .filter(time -> seconds() - error <= time.highestSeconds())
        .isPresent();
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

  /** {@code memory} or {@code compute}. */
  static String name(Roofline.Bound bound) {
    return bound == Roofline.Bound.MEMORY ? "memory" : "compute";
  }
}
