package dev.ridgepoint.bench.run;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The JVMs in which JMH measures: children of this process. */
final class Forks {
  /** A JVM that is started while the others are ended is found a moment later. */
  private static final long AGAIN_MILLIS = 200;

  private Forks() {}

  /** Something that ends the forks when it is not closed in time. */
  interface Limit extends AutoCloseable {
    @Override
    void close();
  }

  /** Ends them all, so that JMH fails. */
  static void end() {
    ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
  }

  /**
   * Ends all forks that run after {@code seconds}.
   *
   * @param seconds may be infinite
   */
  static Limit limit(double seconds) {
    CountDownLatch closed = new CountDownLatch(1);
    Thread.ofPlatform()
        .daemon()
        .name("limit of forks")
        .start(
            () -> {
              long wait = Math.max(0, (long) (1000 * Math.min(seconds, Long.MAX_VALUE / 1e6)));
              try {
                while (!closed.await(wait, TimeUnit.MILLISECONDS)) {
                  end();
                  wait = AGAIN_MILLIS;
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    return closed::countDown;
  }
}
