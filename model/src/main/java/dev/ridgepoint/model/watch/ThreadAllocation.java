package dev.ridgepoint.model.watch;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What the calling thread has allocated on the heap. Asking allocates nothing. */
public final class ThreadAllocation {
  /** Null where the JVM does not count, or lacks the module jdk.management. */
  private static final ThreadMXBean THREADS = counting();

  private ThreadAllocation() {}

  /** Bytes since the thread's start; always 0 where the JVM does not count them. */
  public static long bytes() {
    return THREADS == null ? 0 : THREADS.getCurrentThreadAllocatedBytes();
  }

  private static ThreadMXBean counting() {
    try {
      return ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
              && threads.isThreadAllocatedMemorySupported()
              && threads.isThreadAllocatedMemoryEnabled()
          ? threads
          : null;
    } catch (NoClassDefFoundError e) {
      return null;
    }
  }
}
