package dev.ridgepoint.model.watch;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Tells of cliffs, once for each operation in the life of the process: a line of the system logger
 * {@code ridgepoint}, an event {@code dev.ridgepoint.KernelCliff} of the JDK's Flight Recorder, and
 * this list.
 */
public final class KernelCliffs {
  private static final System.Logger LOG = System.getLogger("ridgepoint");
  private static final List<KernelCliff> FOUND = new CopyOnWriteArrayList<>();

  private KernelCliffs() {}

  /** All of this process so far, the first first. */
  public static List<KernelCliff> found() {
    return List.copyOf(FOUND);
  }

  static synchronized void report(KernelCliff cliff) {
    if (FOUND.stream().anyMatch(known -> known.operation().equals(cliff.operation()))) {
      return;
    }
    FOUND.add(cliff);
    LOG.log(
        System.Logger.Level.WARNING,
        "{0}. A new process may fare better; if not, look at the JVM''s version and options",
        cliff.description());
    try {
      KernelCliffEvent.commit(cliff);
    } catch (NoClassDefFoundError e) {
      LOG.log(System.Logger.Level.DEBUG, "this JVM has no Flight Recorder", e);
    }
  }
}
