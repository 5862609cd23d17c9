package dev.ridgepoint.bench.cli.train;

import dev.ridgepoint.engine.Meter;
import java.util.LinkedHashMap;
import java.util.Map;

/** Adds up what each operation of a step took, over all layers. */
final class OperationTimes implements Meter {
  private final Map<String, long[]> totals = new LinkedHashMap<>();
  private String operation;
  private long start;

  /**
   * What an operation took and did.
   *
   * @param calls of it, in all layers
   */
  record Total(long calls, double seconds, long flops, long bytes) {}

  @Override
  public void begin(String operation, int layer) {
    this.operation = operation;
    start = System.nanoTime();
  }

  @Override
  public void end(
      long flops,
      long matmulFlops,
      long weightBytes,
      long kvReadBytes,
      long kvWrittenBytes,
      long activationBytes) {
    long[] total = totals.computeIfAbsent(operation, any -> new long[4]);
    total[0]++;
    total[1] += System.nanoTime() - start;
    total[2] += flops;
    total[3] += weightBytes + kvReadBytes + kvWrittenBytes + activationBytes;
  }

  /** Forgets what was measured: that of steps while the compiler was busy. */
  void clear() {
    totals.clear();
  }

  /** By the operations' labels, in the order in which they ran first. */
  Map<String, Total> totals() {
    Map<String, Total> all = new LinkedHashMap<>();
    totals.forEach(
        (name, total) -> all.put(name, new Total(total[0], total[1] / 1e9, total[2], total[3])));
    return all;
  }
}
