package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.report.MachineSummary.Bandwidth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A level of the memory hierarchy as measurement shows it: a plateau of the bandwidth over the size
 * of the working set.
 *
 * @param name L1, L2, L3, DRAM, or "largest set" where even that may have stayed in the cache
 * @param fromBytes smallest working set on the plateau
 * @param toBytes largest one
 * @param bytesPerSecond the best bandwidth on the plateau
 */
record MemoryLevel(String name, long fromBytes, long toBytes, double bytesPerSecond) {
  /** Neighbouring plateaus are at least this factor apart; closer ones are one. */
  private static final double STEP = 1.25;

  private static final long KIB = 1024;
  private static final long MIB = 1024 * KIB;

  /**
   * The plateaus of one curve, fastest first. Sizes on the slope between two plateaus belong to
   * none; the smallest and the largest working set always belong to one.
   */
  static List<MemoryLevel> of(List<Bandwidth> curve, long lastLevelCacheBytes) {
    List<List<Bandwidth>> plateaus = new ArrayList<>();
    curve.stream()
        .sorted(Comparator.comparingLong(Bandwidth::workingSetBytes))
        .forEach(
            sample -> {
              if (plateaus.isEmpty()
                  || sample.bytesPerSecond() * STEP < fastest(plateaus.getLast())) {
                plateaus.add(new ArrayList<>());
              }
              plateaus.getLast().add(sample);
            });
    List<List<Bandwidth>> kept = new ArrayList<>();
    for (int i = 0; i < plateaus.size(); i++) {
      boolean slope = plateaus.get(i).size() == 1 && i > 0 && i < plateaus.size() - 1;
      if (!slope) {
        kept.add(plateaus.get(i));
      }
    }
    List<MemoryLevel> levels = new ArrayList<>();
    for (List<Bandwidth> plateau : kept) {
      boolean last = plateau == kept.getLast();
      long from = plateau.getFirst().workingSetBytes();
      long to = plateau.getLast().workingSetBytes();
      String name = name(from, to, last && kept.size() > 1, lastLevelCacheBytes);
      levels.add(new MemoryLevel(name, from, to, fastest(plateau)));
    }
    return levels;
  }

  /** The working sets meant: "≤ 32 KiB", "≥ 256 MiB" or "64 KiB – 1 MiB". */
  String sizes(boolean first, boolean last) {
    if (first && !last) {
      return "≤ " + Units.size(toBytes);
    }
    return last && !first
        ? "≥ " + Units.size(fromBytes)
        : Units.size(fromBytes) + " – " + Units.size(toBytes);
  }

  private static String name(long from, long to, boolean last, long lastLevelCacheBytes) {
    if (last && to >= 64 * MIB) {
      return to > lastLevelCacheBytes ? "DRAM" : "largest set";
    }
    double middle = Math.sqrt((double) from * to);
    return from <= 32 * KIB ? "L1" : middle <= 4 * MIB ? "L2" : "L3";
  }

  private static double fastest(List<Bandwidth> plateau) {
    return plateau.stream().mapToDouble(Bandwidth::bytesPerSecond).max().orElseThrow();
  }
}
