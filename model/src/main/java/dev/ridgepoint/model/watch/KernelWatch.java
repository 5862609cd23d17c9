package dev.ridgepoint.model.watch;

import dev.ridgepoint.engine.Meter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Watches the operations of a program for {@link KernelCliff}s, as a meter around its own. It
 * measures some of the steps: what each operation allocates on the calling thread, and how much
 * processor time it takes there, which other processes do not lengthen as they do the time. That
 * thread takes part in all work and runs the same code as its team.
 *
 * <p>What is measured are steps of another shape than the last, every {@value #INTERVAL}th, and, as
 * long as operations allocate, all. Others cost two branches for each operation.
 */
public final class KernelWatch implements Meter {
  private static final int INTERVAL = 64;

  /** Between samples of the pace, which must not all fall into one moment of a busy machine. */
  private static final long PACE_NANOS = 100_000_000;

  private static final ThreadMXBean CPU_TIMES = ManagementFactory.getThreadMXBean();

  private final Meter meter;
  private final Map<String, WatchedOperation> byName = new HashMap<>();
  private final List<WatchedOperation> operations = new ArrayList<>();

  private int rows;
  private int stepsSince;
  private boolean suspects;
  private boolean measuring;
  private long lastPace = System.nanoTime();

  private WatchedOperation current;
  private long startCpuNanos;
  private long startBytes;

  /**
   * @param meter told everything that this one is
   */
  public KernelWatch(Meter meter) {
    this.meter = meter;
  }

  /** A step with {@code rows} new tokens begins. */
  public void beginStep(int rows) {
    stepsSince++;
    measuring = suspects || rows != this.rows || stepsSince >= INTERVAL;
    this.rows = rows;
    if (measuring) {
      stepsSince = 0;
      for (int i = 0; i < operations.size(); i++) {
        operations.get(i).beginStep();
      }
    }
  }

  @Override
  public void begin(String operation, int layer) {
    meter.begin(operation, layer);
    if (measuring) {
      current = byName.get(operation);
      if (current == null) {
        current = new WatchedOperation(operation);
        byName.put(operation, current);
        operations.add(current);
      }
      startBytes = ThreadAllocation.bytes();
      startCpuNanos = CPU_TIMES.getCurrentThreadCpuTime();
    }
  }

  @Override
  public void end(
      long flops,
      long matmulFlops,
      long weightBytes,
      long kvReadBytes,
      long kvWrittenBytes,
      long activationBytes) {
    if (measuring) {
      current.add(
          CPU_TIMES.getCurrentThreadCpuTime() - startCpuNanos,
          ThreadAllocation.bytes() - startBytes,
          flops + weightBytes + kvReadBytes + kvWrittenBytes + activationBytes);
    }
    meter.end(flops, matmulFlops, weightBytes, kvReadBytes, kvWrittenBytes, activationBytes);
  }

  /** The step has ended. */
  public void endStep() {
    if (!measuring) {
      return;
    }
    measuring = false;
    suspects = false;
    long stepCpuNanos = 0;
    for (int i = 0; i < operations.size(); i++) {
      WatchedOperation operation = operations.get(i);
      operation.judgeAllocation(rows);
      suspects |= operation.isSuspect();
      stepCpuNanos += operation.cpuNanos();
    }
    long now = System.nanoTime();
    if (now - lastPace >= PACE_NANOS) {
      lastPace = now;
      for (int i = 0; i < operations.size(); i++) {
        operations.get(i).judgePace(rows, stepCpuNanos);
      }
    }
  }
}
