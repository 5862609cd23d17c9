package dev.ridgepoint.bench.jmh;

import dev.ridgepoint.model.watch.KernelCliff;
import dev.ridgepoint.model.watch.KernelCliffs;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Adds to each iteration the {@link KernelCliffs} that its process has met so far, one result for
 * each operation; nothing if there are none. Only whole steps of a program are watched.
 */
public final class CliffsProfiler implements InternalProfiler {
  /** What {@code ridge bench -prof} takes for this class's name. */
  public static final String NAME = "cliffs";

  /** An operation's name follows: what a call allocates, in bytes. */
  public static final String ALLOCATES = "cliff.allocates.";

  /** An operation's name follows: how many times as long as before it takes. */
  public static final String SLOWER = "cliff.slower.";

  @Override
  public String getDescription() {
    return "operations whose kernels the JVM compiled badly";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    // What is found is found while the benchmark runs.
  }

  @Override
  @SuppressWarnings("rawtypes") // JMH's own signature
  public Collection<? extends Result> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    return results(KernelCliffs.found());
  }

  static List<ScalarResult> results(List<KernelCliff> cliffs) {
    List<ScalarResult> results = new ArrayList<>();
    for (KernelCliff cliff : cliffs) {
      results.add(
          cliff.bytesPerCall() > 0
              ? result(ALLOCATES + cliff.operation(), (double) cliff.bytesPerCall(), "B/call")
              : result(SLOWER + cliff.operation(), cliff.slowdown(), "times"));
    }
    return results;
  }

  private static ScalarResult result(String label, double value, String unit) {
    return new ScalarResult(label, value, unit, AggregationPolicy.MAX);
  }
}
