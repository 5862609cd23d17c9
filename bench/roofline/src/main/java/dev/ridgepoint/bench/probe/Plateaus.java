package dev.ridgepoint.bench.probe;

import dev.ridgepoint.bench.probe.Ceilings.Bandwidth;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The levels of a memory as its bandwidth curve alone shows them. */
final class Plateaus {
  /** Plateaus are this factor apart at least; closer ones are one. */
  private static final double STEP = 1.25;

  private static final int MOST_LEVELS = 4;

  private Plateaus() {}

  /**
   * A name for each measurement: L1, L2, L3, and DRAM for the last plateau, since the curve goes
   * beyond all caches.
   *
   * @param curve of one number of threads, working sets ascending
   */
  static List<String> names(List<Bandwidth> curve) {
    List<List<Bandwidth>> levels = withoutSlopes(plateaus(curve));
    while (levels.size() > MOST_LEVELS) {
      mergeClosest(levels);
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < levels.size(); i++) {
      String level = i == levels.size() - 1 ? MemoryLevels.MEMORY : "L" + (i + 1);
      names.addAll(Collections.nCopies(levels.get(i).size(), level));
    }
    return names;
  }

  private static List<List<Bandwidth>> plateaus(List<Bandwidth> curve) {
    List<List<Bandwidth>> plateaus = new ArrayList<>();
    double fastest = 0;
    for (Bandwidth bandwidth : curve) {
      double bytesPerSecond = bandwidth.bytesPerSecond().max();
      if (plateaus.isEmpty() || bytesPerSecond * STEP < fastest) {
        plateaus.add(new ArrayList<>());
        fastest = 0;
      }
      plateaus.getLast().add(bandwidth);
      fastest = Math.max(fastest, bytesPerSecond);
    }
    return plateaus;
  }

  /** A single point between two plateaus lies on the slope, and counts to the faster one. */
  private static List<List<Bandwidth>> withoutSlopes(List<List<Bandwidth>> plateaus) {
    List<List<Bandwidth>> kept = new ArrayList<>();
    for (int i = 0; i < plateaus.size(); i++) {
      boolean slope = plateaus.get(i).size() == 1 && i > 0 && i < plateaus.size() - 1;
      if (slope) {
        kept.getLast().addAll(plateaus.get(i));
      } else {
        kept.add(plateaus.get(i));
      }
    }
    return kept;
  }

  private static void mergeClosest(List<List<Bandwidth>> levels) {
    int closest = 1;
    for (int i = 2; i < levels.size(); i++) {
      if (drop(levels, i) < drop(levels, closest)) {
        closest = i;
      }
    }
    levels.get(closest - 1).addAll(levels.remove(closest));
  }

  /** How many times faster the level before is. */
  private static double drop(List<List<Bandwidth>> levels, int index) {
    return fastest(levels.get(index - 1)) / fastest(levels.get(index));
  }

  private static double fastest(List<Bandwidth> level) {
    return level.stream().mapToDouble(b -> b.bytesPerSecond().max()).max().orElseThrow();
  }
}
