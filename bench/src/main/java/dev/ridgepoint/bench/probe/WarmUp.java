package dev.ridgepoint.bench.probe;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * Runs a vector kernel until the optimising compiler's code has taken over. Interpreted and quickly
 * compiled code allocates an object per vector, the optimised allocates none: this tells them apart
 * better than any count of calls.
 */
final class WarmUp {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int CALLS = 20;
  private static final int BYTES_PER_CALL = 512;

  /** Read by nobody; written so that no call can be left out. */
  @SuppressWarnings("unused")
  private static volatile int sink;

  private WarmUp() {}

  /** A short run of the kernel. */
  interface Call {
    int run();
  }

  /** Whether the kernel stopped allocating within the limit. */
  static boolean run(Call call, Duration limit) {
    long start = System.nanoTime();
    int quiet = 0;
    while (quiet < 3) {
      if (System.nanoTime() - start > limit.toNanos()) {
        return false;
      }
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        sink = call.run();
      }
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      quiet = allocated < CALLS * BYTES_PER_CALL ? quiet + 1 : 0;
    }
    return true;
  }
}
