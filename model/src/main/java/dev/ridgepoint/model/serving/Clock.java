package dev.ridgepoint.model.serving;

import java.util.function.BooleanSupplier;

/** The time of a run, which begins at 0. */
public interface Clock {
  /** Between two looks at whether a run is stopped. */
  double LOOKING_SECONDS = 0.1;

  /** Seconds since the beginning. */
  double seconds();

  /** Returns when {@link #seconds} has come to {@code seconds}, or the run is stopped. */
  void waitUntil(double seconds);

  /**
   * The time of the day, from now on.
   *
   * @param isStopped whether nobody waits any more
   */
  static Clock real(BooleanSupplier isStopped) {
    long start = System.nanoTime();
    return new Clock() {
      @Override
      public double seconds() {
        return (System.nanoTime() - start) / 1e9;
      }

      @Override
      public void waitUntil(double seconds) {
        double left = seconds - seconds();
        while (left > 0 && !isStopped.getAsBoolean()) {
          try {
            Thread.sleep((long) Math.ceil(Math.min(left, LOOKING_SECONDS) * 1e3));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
          }
          left = seconds - seconds();
        }
      }
    };
  }
}
