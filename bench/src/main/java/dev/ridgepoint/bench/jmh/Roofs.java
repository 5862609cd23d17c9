package dev.ridgepoint.bench.jmh;

import dev.ridgepoint.estimator.hardware.Machine;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

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

  /**
   * That of the largest measured working set which does not exceed the work's: between two sizes
   * the faster, as befits a roof.
   */
  private OptionalDouble bandwidth(Work work) {
    if (machine == null) {
      return OptionalDouble.empty();
    }
    List<Machine.Bandwidth> measured =
        machine.bandwidths().stream()
            .filter(bandwidth -> bandwidth.threads() == work.threads())
            .sorted(Comparator.comparingLong(Machine.Bandwidth::workingSetBytes))
            .toList();
    OptionalDouble roof = OptionalDouble.empty();
    for (Machine.Bandwidth bandwidth : measured) {
      if (roof.isEmpty() || bandwidth.workingSetBytes() <= work.workingSetBytes()) {
        roof = OptionalDouble.of(bandwidth.bytesPerSecond());
      }
    }
    return roof;
  }

  private static double orNaN(OptionalDouble value) {
    return value.orElse(Double.NaN);
  }
}
