package dev.ridgepoint.bench.roofline;

import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;

/**
 * The roofs over a benchmark's work, by its threads and working set. Between two numbers of threads
 * that were measured a roof is linear; beyond them it is as at the nearest.
 */
final class Roofs {
  private static final String COMPUTE_DTYPE = "F32";

  private final Machine machine;

  /**
   * The roofs of a machine.
   *
   * @throws InvalidInputException if it does not say its peak in what the engine multiplies in
   */
  Roofs(Machine machine) {
    this.machine = machine;
    if (machine.peaks().stream().noneMatch(peak -> peak.dtype().equals(COMPUTE_DTYPE))) {
      throw new InvalidInputException("peaks", "none is in " + COMPUTE_DTYPE);
    }
  }

  /** Places work that took {@code seconds} under its roofs. */
  RooflineMetrics place(Work work, double seconds) {
    return RooflineMetrics.of(work, seconds, peak(work), bandwidth(work));
  }

  private double peak(Work work) {
    NavigableMap<Long, Double> peaks = new TreeMap<>();
    for (Machine.Peak peak : machine.peaks()) {
      if (peak.dtype().equals(COMPUTE_DTYPE)) {
        peaks.put((long) peak.threads(), peak.flopsPerSecond());
      }
    }
    return between(peaks, work.threads(), x -> x) * Float.SIZE / work.bitsPerNumber();
  }

  /** Between two measured working sets linear in the logarithm of the size. */
  private double bandwidth(Work work) {
    NavigableMap<Long, NavigableMap<Long, Double>> curves = new TreeMap<>();
    for (Machine.Bandwidth bandwidth : machine.bandwidths()) {
      curves
          .computeIfAbsent((long) bandwidth.threads(), threads -> new TreeMap<>())
          .put(bandwidth.workingSetBytes(), bandwidth.bytesPerSecond());
    }
    NavigableMap<Long, Double> byThreads = new TreeMap<>();
    curves.forEach(
        (threads, curve) ->
            byThreads.put(threads, between(curve, work.workingSetBytes(), Math::log)));
    return between(byThreads, work.threads(), x -> x);
  }

  /** Linear in the scale of x between two measured points, constant beyond. */
  private static double between(
      NavigableMap<Long, Double> measured, long x, DoubleUnaryOperator scale) {
    long at = Math.clamp(x, measured.firstKey(), measured.lastKey());
    Map.Entry<Long, Double> below = measured.floorEntry(at);
    Map.Entry<Long, Double> above = measured.ceilingEntry(at);
    if (below.getKey().equals(above.getKey())) {
      return below.getValue();
    }
    double from = scale.applyAsDouble(below.getKey());
    double share =
        (scale.applyAsDouble((double) at) - from) / (scale.applyAsDouble(above.getKey()) - from);
    return below.getValue() + share * (above.getValue() - below.getValue());
  }
}
