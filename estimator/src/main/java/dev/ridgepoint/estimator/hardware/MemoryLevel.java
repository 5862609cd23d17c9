package dev.ridgepoint.estimator.hardware;

import dev.ridgepoint.estimator.hardware.Machine.Bandwidth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * A level of the memory hierarchy as a roof. Work that repeats on the same bytes, as decoding does
 * on weights, is under the roof of the level that holds them.
 *
 * @param name as the probe calls it: L1, L2, L3, DRAM
 * @param toBytes largest working set that was measured in it
 * @param bytesPerSecond the roof
 */
public record MemoryLevel(String name, long toBytes, double bytesPerSecond) {

  /**
   * The levels measured with {@code threads}, smallest working sets first. A cache's roof is the
   * best that was seen in it; that of the last level is of the largest working set, since the
   * smaller ones may lie in a cache in part.
   */
  public static List<MemoryLevel> of(Machine machine, int threads) {
    List<Bandwidth> curve =
        machine.bandwidths().stream()
            .filter(bandwidth -> bandwidth.threads() == threads)
            .sorted(Comparator.comparingLong(Bandwidth::workingSetBytes))
            .toList();
    Bandwidth last = curve.getLast();
    List<MemoryLevel> levels = new ArrayList<>();
    for (String name : curve.stream().map(Bandwidth::level).distinct().toList()) {
      List<Bandwidth> samples = curve.stream().filter(b -> b.level().equals(name)).toList();
      double best = samples.stream().mapToDouble(Bandwidth::bytesPerSecond).max().orElseThrow();
      levels.add(
          new MemoryLevel(
              name,
              samples.getLast().workingSetBytes(),
              name.equals(last.level()) ? last.bytesPerSecond() : best));
    }
    return levels;
  }

  /** The smallest level that holds a working set; the last, if none does. */
  public static MemoryLevel holding(List<MemoryLevel> levels, long bytes) {
    return levels.stream()
        .filter(level -> level.toBytes >= bytes)
        .findFirst()
        .orElseGet(levels::getLast);
  }

  /** Whether it is one of the processor's caches. */
  public boolean isCache() {
    return isCache(name);
  }

  private static boolean isCache(String name) {
    return name.startsWith("L");
  }

  /** {@code L2 cache}, or {@code memory}. */
  public String text() {
    return isCache(name) ? name + " cache" : "memory";
  }

  /**
   * The machine as work on a working set meets it: its memory is the level that holds the set, for
   * each number of threads that it was measured with.
   */
  public static Machine machineHolding(Machine machine, long bytes) {
    List<Bandwidth> bandwidths = new ArrayList<>();
    for (int threads :
        new TreeSet<>(machine.bandwidths().stream().map(Bandwidth::threads).toList())) {
      MemoryLevel level = holding(of(machine, threads), bytes);
      bandwidths.add(
          new Bandwidth(
              threads, level.name, level.toBytes, level.bytesPerSecond, level.bytesPerSecond));
    }
    return new Machine(
        machine.cpu(),
        machine.cores(),
        machine.vectorBits(),
        machine.memoryBytes(),
        machine.peaks(),
        bandwidths);
  }
}
