package dev.ridgepoint.bench.probe;

import java.util.Comparator;
import java.util.List;

/**
 * The caches of a level as the system tells of them, which hypervisors get wrong at times.
 *
 * @param bytes of each, data alone
 * @param instances that the processors of this process have: one for each core, or shared by some
 */
public record Cache(int level, long bytes, int instances) {

  /** "L2". */
  String name() {
    return "L" + level;
  }

  /**
   * What a working set can have that some threads hold equal slices of, each on a core of its own.
   */
  long reach(int threads) {
    return bytes * Math.min(threads, instances);
  }

  /** The bytes of the last level; 0 if no cache is known. */
  static long lastLevelBytes(List<Cache> caches) {
    return caches.stream().max(Comparator.comparingInt(Cache::level)).map(Cache::bytes).orElse(0L);
  }
}
