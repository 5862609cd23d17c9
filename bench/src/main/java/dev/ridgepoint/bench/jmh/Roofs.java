package dev.ridgepoint.bench.jmh;

import dev.ridgepoint.estimator.hardware.Machine;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** The roofs over a benchmark's work, by its threads and working set. */
final class Roofs {
  /** Of an unknown machine. */
  static final Roofs NONE = new Roofs(null);

  private static final String COMPUTE_DTYPE = "F32";

  private final Machine machine;

  Roofs(Machine machine) {
    this.machine = machine;
  }

  /** Places work that took {@code seconds} under its roofs. */
  RooflineMetrics place(Work work, double seconds) {
    return RooflineMetrics.of(work, seconds, orNaN(peak(work.threads())), orNaN(bandwidth(work)));
  }

  private OptionalDouble peak(int threads) {
    if (machine == null) {
      return OptionalDouble.empty();
    }
    return machine.peaks().stream()
        .filter(peak -> peak.dtype().equals(COMPUTE_DTYPE) && peak.threads() == threads)
        .mapToDouble(Machine.Peak::flopsPerSecond)
        .max();
  }

  /** Between two measured working sets linear in the logarithm of the size, constant beyond. */
  private OptionalDouble bandwidth(Work work) {
    if (machine == null) {
      return OptionalDouble.empty();
    }
    NavigableMap<Long, Double> measured = new TreeMap<>();
    for (Machine.Bandwidth bandwidth : machine.bandwidths()) {
      if (bandwidth.threads() == work.threads()) {
        measured.put(bandwidth.workingSetBytes(), bandwidth.bytesPerSecond());
      }
    }
    if (measured.isEmpty()) {
      return OptionalDouble.empty();
    }
    long size = Math.clamp(work.workingSetBytes(), measured.firstKey(), measured.lastKey());
    Map.Entry<Long, Double> below = measured.floorEntry(size);
    Map.Entry<Long, Double> above = measured.ceilingEntry(size);
    if (below.getKey().equals(above.getKey())) {
      return OptionalDouble.of(below.getValue());
    }
    double share =
        Math.log((double) size / below.getKey())
            / Math.log((double) above.getKey() / below.getKey());
    return OptionalDouble.of(below.getValue() + share * (above.getValue() - below.getValue()));
  }

  private static double orNaN(OptionalDouble value) {
    return value.orElse(Double.NaN);
  }
}
