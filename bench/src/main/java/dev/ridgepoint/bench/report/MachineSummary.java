package dev.ridgepoint.bench.report;

import java.util.List;

/**
 * The measured machine: what its roofs are drawn from.
 *
 * @param cpu the processor's name
 * @param cores cores that this process may use
 * @param vectorBits width of the engine's vectors
 * @param lastLevelCacheBytes as the machine states it, 0 if unknown; virtual machines often lie
 * @param peaks FMA throughput per dtype and number of threads
 * @param bandwidth read bandwidth per number of threads and working set
 */
public record MachineSummary(
    String cpu,
    int cores,
    int vectorBits,
    long lastLevelCacheBytes,
    List<Peak> peaks,
    List<Bandwidth> bandwidth) {

  /**
   * The best FMA throughput seen.
   *
   * @param relativeSpread (best - worst) / best of the repetitions
   */
  public record Peak(String dtype, int threads, double flopsPerSecond, double relativeSpread) {}

  /**
   * The best read bandwidth seen, of all threads together.
   *
   * @param workingSetBytes of all threads together
   * @param relativeSpread (best - worst) / best of the repetitions
   */
  public record Bandwidth(
      int threads, long workingSetBytes, double bytesPerSecond, double relativeSpread) {}

  public MachineSummary {
    peaks = List.copyOf(peaks);
    bandwidth = List.copyOf(bandwidth);
  }

  /** The curve of one number of threads, from small working sets to large ones. */
  public List<Bandwidth> bandwidth(int threads) {
    return bandwidth.stream()
        .filter(b -> b.threads() == threads)
        .sorted(java.util.Comparator.comparingLong(Bandwidth::workingSetBytes))
        .toList();
  }
}
