package dev.ridgepoint.bench.peers;

import dev.ridgepoint.bench.MedianInterval;
import dev.ridgepoint.engine.DType;
import java.util.List;

/**
 * Ridgepoint against one engine at one workload, measured in turns.
 *
 * @param dtype storage format of the weight matrices
 * @param engine the other engine's name
 * @param pairs at least one
 */
public record Comparison(
    Workload workload, DType dtype, int threads, String engine, List<Pair> pairs) {

  /** Times of an invocation, one measured right after the other. */
  public record Pair(double oursSeconds, double theirsSeconds) {
    /** How many times as fast ours is: above 1 it is faster. */
    double ratio() {
      return theirsSeconds / oursSeconds;
    }
  }

  public Comparison {
    pairs = List.copyOf(pairs);
  }

  /** Ridgepoint's median rate, in the workload's unit. */
  public double ours() {
    return workload.rate(
        MedianInterval.of(pairs.stream().mapToDouble(Pair::oursSeconds).toArray()).median());
  }

  /** The other engine's median rate, in the workload's unit. */
  public double theirs() {
    return workload.rate(
        MedianInterval.of(pairs.stream().mapToDouble(Pair::theirsSeconds).toArray()).median());
  }

  /**
   * The median of the pairs' ratios, with its error: what slows a shared machine for a while slows
   * both of a pair.
   */
  public MedianInterval ratio() {
    return MedianInterval.of(pairs.stream().mapToDouble(Pair::ratio).toArray());
  }
}
