package dev.ridgepoint.bench.roofline;

/**
 * What one invocation of a benchmark does.
 *
 * @param flops all FLOPs
 * @param bytes compulsory traffic; 0 where all stays in registers
 * @param workingSetBytes distinct bytes touched, which decide the cache they come from
 * @param threads that share the work
 * @param bitsPerNumber width of the numbers that it computes with: 32 or 64. A vector holds half as
 *     many doubles as floats, and so the peak of doubles is half of that of floats
 */
public record Work(long flops, long bytes, long workingSetBytes, int threads, int bitsPerNumber) {

  /**
   * @throws IllegalArgumentException if a count is negative, as after an overflow, no thread does
   *     the work, or the numbers are neither floats nor doubles
   */
  public Work {
    if (flops < 0 || bytes < 0 || workingSetBytes < 0 || threads < 1) {
      throw new IllegalArgumentException(
          "no work: FLOPs %s, bytes %s, working set %s, threads %s"
              .formatted(flops, bytes, workingSetBytes, threads));
    }
    if (bitsPerNumber != Float.SIZE && bitsPerNumber != Double.SIZE) {
      throw new IllegalArgumentException("numbers have 32 or 64 bits, not " + bitsPerNumber);
    }
  }

  /** Work in floats. */
  public Work(long flops, long bytes, long workingSetBytes, int threads) {
    this(flops, bytes, workingSetBytes, threads, Float.SIZE);
  }

  /** Work in floats that touches each of its bytes once. */
  public static Work of(long flops, long bytes, int threads) {
    return new Work(flops, bytes, bytes, threads);
  }

  /** The same work, in doubles. */
  public Work inDoubles() {
    return new Work(flops, bytes, workingSetBytes, threads, Double.SIZE);
  }

  /** The work of several JMH threads that each do this at the same time, on data of their own. */
  Work times(int jmhThreads) {
    return new Work(
        flops * jmhThreads,
        bytes * jmhThreads,
        workingSetBytes * jmhThreads,
        threads * jmhThreads,
        bitsPerNumber);
  }
}
