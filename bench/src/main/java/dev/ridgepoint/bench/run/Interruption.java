package dev.ridgepoint.bench.run;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a run that is interrupted, by Ctrl-C or a signal to terminate, write what it has: the JVM
 * ends when the run has closed this, or has not done so for a while.
 */
public final class Interruption implements AutoCloseable {
  /** What shells have of a program that Ctrl-C ended. */
  public static final int EXIT_CODE = 130;

  private static final long MOST_SECONDS = 20;

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::endTheRun, "interruption");
  private volatile boolean requested;

  /** From now on until it is closed. */
  public Interruption() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Whether the run should end. */
  public boolean isRequested() {
    return requested;
  }

  private void endTheRun() {
    requested = true;
    Forks.end();
    try {
      closed.await(MOST_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    if (!requested) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The JVM ends already.
      }
    }
  }
}
