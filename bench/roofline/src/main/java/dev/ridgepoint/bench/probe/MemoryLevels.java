package dev.ridgepoint.bench.probe;

import dev.ridgepoint.bench.probe.Ceilings.Bandwidth;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.hardware.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Names the memory levels along a bandwidth curve: by the sizes that the system tells of its
 * caches, where reads confirm them; by the curve's plateaus, where it tells of none.
 */
final class MemoryLevels {
  static final String MEMORY = "DRAM";

  /** Levels are this factor apart at least. */
  private static final double STEP = 1.25;

  /** A working set of this many caches is read from beyond them, whatever of it they hold. */
  private static final int BEYOND = 4;

  /** Half of a cache at least is a working set's that is no larger. */
  private static final int WITHIN = 2;

  private MemoryLevels() {}

  /**
   * Gives every measurement its level.
   *
   * @param bandwidths for each number of threads together, working sets ascending; the last goes
   *     beyond all caches
   * @param caches by level; none if the system does not tell
   */
  static List<Machine.Bandwidth> name(List<Bandwidth> bandwidths, List<Cache> caches) {
    List<Machine.Bandwidth> named = new ArrayList<>();
    for (List<Bandwidth> curve : curves(bandwidths)) {
      List<String> names = caches.isEmpty() ? Plateaus.names(curve) : names(curve, caches);
      for (int i = 0; i < curve.size(); i++) {
        Bandwidth bandwidth = curve.get(i);
        named.add(
            new Machine.Bandwidth(
                bandwidth.threads(),
                names.get(i),
                bandwidth.workingSetBytes(),
                bandwidth.bytesPerSecond().max(),
                bandwidth.bytesPerSecond().min()));
      }
    }
    return named;
  }

  /** Where reads disagree with what the system says of its last cache, as behind a hypervisor. */
  static List<String> doubts(List<Bandwidth> bandwidths, List<Cache> caches) {
    List<String> doubts = new ArrayList<>();
    if (caches.isEmpty()) {
      return doubts;
    }
    Cache last = caches.getLast();
    for (List<Bandwidth> curve : curves(bandwidths)) {
      int threads = curve.getFirst().threads();
      String said =
          "the system says that %s reaches %s with %s"
              .formatted(
                  last.name(), Units.size(last.reach(threads)), Units.count(threads, "thread"));
      curve.stream()
          .filter(each -> each.workingSetBytes() * WITHIN <= last.reach(threads))
          .filter(each -> isMemory(each, curve))
          .findFirst()
          .ifPresent(
              each ->
                  doubts.add(
                      said
                          + ", but from %s on reads are as slow as memory's"
                              .formatted(Units.size(each.workingSetBytes()))));
      long beyond = beyond(curve, last);
      if (beyond > 0) {
        doubts.add(
            said + ", but up to %s reads are faster than memory's".formatted(Units.size(beyond)));
      }
    }
    return doubts;
  }

  private static List<List<Bandwidth>> curves(List<Bandwidth> bandwidths) {
    return List.copyOf(
        bandwidths.stream().collect(Collectors.groupingBy(Bandwidth::threads)).values());
  }

  private static List<String> names(List<Bandwidth> curve, List<Cache> caches) {
    List<String> names = new ArrayList<>();
    long beyond = beyond(curve, caches.getLast());
    for (Bandwidth bandwidth : curve) {
      String name =
          caches.stream()
              .filter(cache -> bandwidth.workingSetBytes() <= cache.reach(bandwidth.threads()))
              .map(Cache::name)
              .findFirst()
              .orElse(bandwidth.workingSetBytes() <= beyond ? caches.getLast().name() : MEMORY);
      boolean isLast = name.equals(caches.getLast().name());
      names.add(isLast && isMemory(bandwidth, curve) ? MEMORY : name);
    }
    return names;
  }

  private static boolean isMemory(Bandwidth bandwidth, List<Bandwidth> curve) {
    return bandwidth.bytesPerSecond().max() < STEP * memory(curve);
  }

  /**
   * The largest working set that a cache must hold of which the system does not tell; 0 if none.
   */
  private static long beyond(List<Bandwidth> curve, Cache last) {
    return curve.stream()
        .filter(each -> each.workingSetBytes() >= BEYOND * last.reach(each.threads()))
        .filter(each -> !isMemory(each, curve))
        .mapToLong(Bandwidth::workingSetBytes)
        .max()
        .orElse(0);
  }

  private static double memory(List<Bandwidth> curve) {
    return curve.getLast().bytesPerSecond().max();
  }
}
