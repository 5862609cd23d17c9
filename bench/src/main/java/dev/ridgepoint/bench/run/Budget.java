package dev.ridgepoint.bench.run;

import java.time.Duration;
import java.util.function.LongSupplier;

/** The time that a run may take, from now on. */
public final class Budget {
  private final LongSupplier nanoTime;
  private final long start;
  private final Duration total;

  /**
   * @param nanoTime a clock in nanoseconds, such as {@link System#nanoTime}
   */
  public Budget(Duration total, LongSupplier nanoTime) {
    this.total = total;
    this.nanoTime = nanoTime;
    start = nanoTime.getAsLong();
  }

  double secondsUsed() {
    return (nanoTime.getAsLong() - start) / 1e9;
  }

  /** Below 0 when it is overdrawn. */
  double secondsLeft() {
    return total.toNanos() / 1e9 - secondsUsed();
  }
}
