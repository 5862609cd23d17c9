package dev.ridgepoint.model;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.architecture.Architecture;
import java.time.Duration;
import java.util.List;

/**
 * Has the kernels of a decoder compiled while something else is done that takes its time, such as
 * loading weights, so that the first tokens are as fast as later ones.
 *
 * <p>Where they are compiled already, it ends within a millisecond. It is no part of any result:
 * should it fail, its thread reports that to its uncaught exception handler, and kernels are
 * compiled when they are used.
 */
final class BackgroundWarmUp implements AutoCloseable {
  static final String THREAD_NAME = "ridgepoint-warm-up";

  private final long startNanos = System.nanoTime();
  private final Thread thread;
  private volatile boolean isDone;

  /**
   * Starts on a thread of its own.
   *
   * @param model one that the engine runs
   * @param weightTypes of the matrices, in the order in which their kernels are compiled
   * @param kvType of the caches: F32 or BF16
   */
  BackgroundWarmUp(Architecture model, List<DType> weightTypes, DType kvType) {
    thread =
        Thread.ofPlatform()
            .daemon()
            .name(THREAD_NAME)
            .start(
                () -> {
                  for (DType weightType : weightTypes) {
                    try (KernelWarmUp kernels = new KernelWarmUp(model, weightType, kvType)) {
                      kernels.run();
                    }
                  }
                  isDone = !Thread.currentThread().isInterrupted();
                });
  }

  /**
   * Waits until it is done, but no longer than it has been running: what was done meanwhile takes
   * at most twice as long, and a small model need not wait for the compiler.
   */
  @Override
  public void close() {
    try {
      thread.join(Duration.ofNanos(System.nanoTime() - startNanos));
      thread.interrupt();
      thread.join();
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  /** Whether all kernels are compiled: false where nobody waited until they were. */
  boolean isDone() {
    return isDone;
  }
}
