package dev.ridgepoint.estimator.hardware;

import dev.ridgepoint.estimator.operation.Cost;
import java.math.BigDecimal;

/**
 * The roofline model (Williams, Waterman and Patterson 2009, doi:10.1145/1498765.1498785): a kernel
 * of intensity i runs at min(peak, i * bandwidth) FLOP/s at most.
 *
 * @param peakFlopsPerSecond the flat roof
 * @param bytesPerSecond the slope of the other
 */
public record Roofline(double peakFlopsPerSecond, double bytesPerSecond) {

  /** Which roof a kernel is under. */
  public enum Bound {
    MEMORY,
    COMPUTE
  }

  public Roofline {
    if (!(peakFlopsPerSecond > 0 && peakFlopsPerSecond < Double.POSITIVE_INFINITY)
        || !(bytesPerSecond > 0 && bytesPerSecond < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "roofs must be positive, but are %s FLOP/s and %s B/s"
              .formatted(peakFlopsPerSecond, bytesPerSecond));
    }
  }

  /** The intensity in FLOP/byte from which on the peak is what bounds. */
  public double ridgePoint() {
    return peakFlopsPerSecond / bytesPerSecond;
  }

  /** The FLOP/s that intensity (FLOP/byte) can reach at most. */
  public double attainableFlopsPerSecond(double intensity) {
    return Math.min(peakFlopsPerSecond, intensity * bytesPerSecond);
  }

  /** The roof over this work; at the ridge point, the peak. Compared without rounding. */
  public Bound boundBy(long flops, long bytes) {
    BigDecimal compute = BigDecimal.valueOf(flops).multiply(new BigDecimal(bytesPerSecond));
    BigDecimal memory = BigDecimal.valueOf(bytes).multiply(new BigDecimal(peakFlopsPerSecond));
    return compute.compareTo(memory) >= 0 ? Bound.COMPUTE : Bound.MEMORY;
  }

  /** The roof over an operation or a sum of them. */
  public Bound boundBy(Cost cost) {
    return boundBy(cost.flops(), cost.bytes());
  }

  /** The shortest time that this work can take: max(FLOPs / peak, bytes / bandwidth). */
  public double boundSeconds(long flops, long bytes) {
    return Math.max(flops / peakFlopsPerSecond, bytes / bytesPerSecond);
  }

  /** The shortest time that an operation or a sum of them can take. */
  public double boundSeconds(Cost cost) {
    return boundSeconds(cost.flops(), cost.bytes());
  }

  /** How near work that took {@code seconds} came to its roof: 1 is on it. */
  public double fractionOfRoof(long flops, long bytes, double seconds) {
    return boundSeconds(flops, bytes) / seconds;
  }
}
