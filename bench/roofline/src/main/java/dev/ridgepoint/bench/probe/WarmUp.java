package dev.ridgepoint.bench.probe;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * Runs a vector kernel until the optimising compiler's code has taken over. Interpreted and quickly
 * compiled code allocates an object per vector, the optimised allocates none: this tells them apart
 * better than any count of calls.
 */
public final class WarmUp {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /**
   * Less than the vectors of any kernel's call, a hundred bytes each; more than the few objects of
   * a whole step.
   */
  private static final long QUIET_BYTES = 16 << 10;

  /** Read by nobody; written so that no call can be left out. */
  @SuppressWarnings("unused")
  private static volatile int sink;

  private WarmUp() {}

  /** A short run of the kernel; what it returns depends on all of it. */
  public interface Call {
    int run();
  }

  /**
   * Calls until calls in a row allocated nothing to speak of, on any thread.
   *
   * @param quietCalls how many in a row
   * @return whether they did so within the limit
   */
  public static boolean run(Call call, int quietCalls, Duration limit) {
    long start = System.nanoTime();
    int quiet = 0;
    while (quiet < quietCalls) {
      if (System.nanoTime() - start > limit.toNanos()) {
        return false;
      }
      long before = THREADS.getTotalThreadAllocatedBytes();
      sink = call.run();
      quiet = THREADS.getTotalThreadAllocatedBytes() - before < QUIET_BYTES ? quiet + 1 : 0;
    }
    return true;
  }
}
