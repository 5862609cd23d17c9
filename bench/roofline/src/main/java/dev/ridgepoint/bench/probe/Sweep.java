package dev.ridgepoint.bench.probe;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.LongStream;

/**
 * What the probe measures: numbers of threads, and working sets for each.
 *
 * @param threads ascending, from 1 to all cores
 * @param largestWorkingSetBytes beyond every cache, as far as memory allows
 * @param factor between neighbouring working sets
 */
record Sweep(List<Integer> threads, long largestWorkingSetBytes, int factor) {
  private static final long SMALLEST_SLICE_BYTES = 16 << 10;
  private static final long BEYOND_CACHES_BYTES = 1 << 30;

  /**
   * Powers of two and all cores, working sets by factors of two; with less effort one thread and
   * all, and working sets farther apart.
   *
   * @param more numbers of threads that are wanted besides
   */
  static Sweep of(Host host, Effort effort, Collection<Integer> more) {
    int cores = host.physicalCores();
    TreeSet<Integer> threads = new TreeSet<>(more);
    threads.add(1);
    threads.add(cores);
    if (effort == Effort.FULL) {
      for (int n = 2; n < cores; n *= 2) {
        threads.add(n);
      }
    }
    long beyond = Math.max(BEYOND_CACHES_BYTES, 2 * Cache.lastLevelBytes(host.caches()));
    long allowed = Math.min(beyond, host.memoryBytes() / 4);
    int factor =
        switch (effort) {
          case BRIEF -> 16;
          case QUICK -> 4;
          case FULL -> 2;
        };
    return new Sweep(List.copyOf(threads), Long.highestOneBit(allowed), factor);
  }

  /** Working sets for a number of threads, ascending, with slices of 16 KiB at least. */
  List<Long> workingSets(int threads) {
    long smallest = SMALLEST_SLICE_BYTES * threads;
    return LongStream.iterate(
            largestWorkingSetBytes, bytes -> bytes >= smallest, bytes -> bytes / factor)
        .boxed()
        .toList()
        .reversed();
  }

  /** The same with the largest working set alone. */
  Sweep largestAlone() {
    return new Sweep(threads, largestWorkingSetBytes, Integer.MAX_VALUE);
  }

  /** All measurements: one peak and the working sets for each number of threads. */
  int measurements() {
    return threads.stream().mapToInt(n -> 1 + workingSets(n).size()).sum();
  }
}
