package dev.ridgepoint.bench.jmh;

import dev.ridgepoint.bench.probe.PlainReads;
import dev.ridgepoint.bench.roofline.CountedBy;
import dev.ridgepoint.bench.roofline.Work;
import dev.ridgepoint.bench.roofline.WorkCounters;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Adds to each iteration what plain reads of memory got right before and after it, with as many
 * threads as the benchmark's work has. On a shared machine the bandwidth changes within seconds:
 * this tells a slow kernel from a slow memory. Benchmarks without {@link CountedBy} get nothing.
 */
public final class ReadsProfiler implements InternalProfiler {
  /** What {@code ridge bench -prof} takes for this class's name, and the name of its result. */
  public static final String NAME = "reads";

  private PlainReads reads;
  private double before;

  @Override
  public String getDescription() {
    return "bandwidth of plain reads before and after each iteration";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    Optional<Work> work = WorkCounters.work(benchmark);
    if (work.isPresent()) {
      if (reads == null) {
        reads = new PlainReads(work.get().threads());
      }
      before = reads.bytesPerSecond();
    }
  }

  @Override
  @SuppressWarnings("rawtypes") // JMH's own signature
  public Collection<? extends Result> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    if (reads == null) {
      return List.of();
    }
    double mean = (before + reads.bytesPerSecond()) / 2;
    return List.of(new ScalarResult(NAME, mean / 1e9, "GB/s", AggregationPolicy.AVG));
  }
}
