package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.hardware.Machine.Bandwidth;
import dev.ridgepoint.estimator.hardware.Roofline;
import java.util.Comparator;
import java.util.List;
import java.util.LongSummaryStatistics;

/**
 * A level of the memory hierarchy as a roof.
 *
 * @param name as the probe calls it: L1, L2, L3, DRAM
 * @param fromBytes smallest working set that was measured in it
 * @param toBytes largest one
 * @param bytesPerSecond the roof
 */
record MemoryLevel(String name, long fromBytes, long toBytes, double bytesPerSecond) {

  /**
   * The levels measured with {@code threads}, smallest working sets first.
   *
   * @param roofline that of the points; its slope stands for the last level, so that the line in
   *     the picture is the one that the points are compared with
   */
  static List<MemoryLevel> of(Machine machine, int threads, Roofline roofline) {
    List<Bandwidth> curve = curve(machine, threads);
    String last = curve.getLast().level();
    return curve.stream()
        .map(Bandwidth::level)
        .distinct()
        .map(
            name -> {
              List<Bandwidth> samples = curve.stream().filter(b -> b.level().equals(name)).toList();
              LongSummaryStatistics sizes =
                  samples.stream().mapToLong(Bandwidth::workingSetBytes).summaryStatistics();
              double best =
                  samples.stream().mapToDouble(Bandwidth::bytesPerSecond).max().orElseThrow();
              double roof = name.equals(last) ? roofline.bytesPerSecond() : best;
              return new MemoryLevel(name, sizes.getMin(), sizes.getMax(), roof);
            })
        .toList();
  }

  /** What was measured with {@code threads}, smallest working set first. */
  static List<Bandwidth> curve(Machine machine, int threads) {
    return machine.bandwidths().stream()
        .filter(bandwidth -> bandwidth.threads() == threads)
        .sorted(Comparator.comparingLong(Bandwidth::workingSetBytes))
        .toList();
  }

  /** The working sets meant: "32 KiB", "≤ 32 KiB", "≥ 256 MiB", "64 KiB – 1 MiB". */
  String sizes(boolean first, boolean last) {
    if (fromBytes == toBytes) {
      return Units.size(fromBytes);
    }
    if (first && !last) {
      return "≤ " + Units.size(toBytes);
    }
    return last && !first
        ? "≥ " + Units.size(fromBytes)
        : Units.size(fromBytes) + " – " + Units.size(toBytes);
  }
}
