package dev.ridgepoint.model.serving;

/** The time of a run, which begins at 0. */
public interface Clock {
  /** Seconds since the beginning. */
  double seconds();

  /** Returns when {@link #seconds} has come to {@code seconds}. */
  void waitUntil(double seconds);

  /** The time of the day, from now on. */
  static Clock real() {
    long start = System.nanoTime();
    return new Clock() {
      @Override
      public double seconds() {
        return (System.nanoTime() - start) / 1e9;
      }

      @Override
      public void waitUntil(double seconds) {
        double left = seconds - seconds();
        while (left > 0) {
          try {
            Thread.sleep((long) Math.ceil(left * 1e3));
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
