package dev.ridgepoint.bench.probe;

import java.time.Duration;

/** How long the probe takes, on a machine that nobody else uses; the least first. */
public enum Effort {
  /** At most 5 seconds. */
  BRIEF(Duration.ofMillis(400), Duration.ofMillis(2), 1, 4),
  /** At most 8 seconds. */
  QUICK(Duration.ofSeconds(2), Duration.ofMillis(3), 1, 10),
  /** At most 25 seconds. */
  FULL(Duration.ofSeconds(12), Duration.ofMillis(8), 3, 10);

  /** Everything is measured this often, so that a disturbance of a second spoils one of them. */
  static final int PASSES = 2;

  private final Duration sampling;
  private final Duration sample;
  private final int minRounds;
  private final int maxRounds;

  Effort(Duration sampling, Duration sample, int minRounds, int maxRounds) {
    this.sampling = sampling;
    this.sample = sample;
    this.minRounds = minRounds;
    this.maxRounds = maxRounds;
  }

  /**
   * Time for one pass of each of a number of series, where the fewest rounds do not take longer.
   */
  long nanosPerPass(int series) {
    return sampling.toNanos() / series / PASSES;
  }

  /** Length that a sample should have. */
  long sampleNanos() {
    return sample.toNanos();
  }

  /** Fewest samples of each kernel in one pass. */
  int minRounds() {
    return minRounds;
  }

  /** Most samples of each kernel in one pass. */
  int maxRounds() {
    return maxRounds;
  }
}
