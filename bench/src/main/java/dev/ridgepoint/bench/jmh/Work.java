package dev.ridgepoint.bench.jmh;

/**
 * What one invocation of a benchmark does.
 *
 * @param flops all FLOPs
 * @param bytes compulsory traffic; 0 where all stays in registers
 * @param workingSetBytes distinct bytes touched, which decide the cache they come from
 * @param threads that share the work
 */
public record Work(long flops, long bytes, long workingSetBytes, int threads) {

  /** Work that touches each of its bytes once. */
  public static Work of(long flops, long bytes, int threads) {
    return new Work(flops, bytes, bytes, threads);
  }

  /** The work of several JMH threads that each do this at the same time, on data of their own. */
  Work times(int jmhThreads) {
    return new Work(
        flops * jmhThreads, bytes * jmhThreads, workingSetBytes * jmhThreads, threads * jmhThreads);
  }
}
