package dev.ridgepoint.bench.compare;

import dev.ridgepoint.bench.compare.Rate.Interval;
import java.util.Optional;

/**
 * How many times as fast one measurement is as another.
 *
 * <p>The medians' ratio lies between the quotients of the ends of their two intervals wherever both
 * intervals hold their medians: with at least 80 % (Bonferroni, 90 % each). So it exceeds the noise
 * if the intervals do not overlap. That test is a cautious one: of two equal medians it finds fewer
 * to differ than the 20 % (Schenker and Gentleman 2001, The American Statistician 55, 182).
 *
 * @param value above 1 it is faster
 * @param interval of the ratio; empty if one of the two has too few samples for an interval
 */
record Ratio(double value, Optional<Interval> interval) {

  /** What can be said of it. */
  enum Verdict {
    FASTER("faster"),
    SLOWER("slower"),
    WITHIN_NOISE("within the noise"),
    TOO_FEW_SAMPLES("too few samples to say");

    private final String text;

    Verdict(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  static Ratio of(Rate before, Rate after) {
    return new Ratio(
        after.tokensPerSecond() / before.tokensPerSecond(),
        before
            .interval()
            .flatMap(
                from ->
                    after
                        .interval()
                        .map(to -> new Interval(to.low() / from.high(), to.high() / from.low()))));
  }

  Verdict verdict() {
    if (interval.isEmpty()) {
      return Verdict.TOO_FEW_SAMPLES;
    }
    if (interval.get().low() > 1) {
      return Verdict.FASTER;
    }
    return interval.get().high() < 1 ? Verdict.SLOWER : Verdict.WITHIN_NOISE;
  }

  /** Whether a step takes longer by more than {@code percent} of its time before, noise apart. */
  boolean isSlowerBy(double percent) {
    return interval.isPresent() && interval.get().high() * (1 + percent / 100) < 1;
  }
}
