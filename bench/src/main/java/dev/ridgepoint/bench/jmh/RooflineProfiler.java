package dev.ridgepoint.bench.jmh;

import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.profile.ProfilerException;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Adds to each result what it means on the roofline: FLOPs and bytes of an invocation, their rates,
 * the intensity and the fraction of the roof. The counts come from the benchmark's {@link
 * WorkCounter}, the roofs from a {@code machine.json}; nothing is measured beside its time.
 *
 * <p>Benchmarks without {@link CountedBy} get nothing, and work without bytes or FLOPs no
 * intensity.
 */
public final class RooflineProfiler implements InternalProfiler {
  /** What {@code ridge bench -prof} takes for this class's name. */
  public static final String NAME = "roofline";

  /** What stands before the file of the machine in the options. */
  public static final String MACHINE_OPTION = "machine=";

  private static final Path DEFAULT_MACHINE = Path.of("machine.json");

  private final Roofs roofs;

  /**
   * As JMH does without options: roofs from {@code machine.json} here.
   *
   * @throws ProfilerException if there is none
   */
  public RooflineProfiler() throws ProfilerException {
    this("");
  }

  /**
   * As JMH does with options.
   *
   * @param options {@code machine=FILE} or nothing
   * @throws ProfilerException if the option is another or the file holds no machine
   */
  public RooflineProfiler(String options) throws ProfilerException {
    if (options.isEmpty()) {
      roofs = read(DEFAULT_MACHINE);
    } else if (options.startsWith(MACHINE_OPTION)) {
      roofs = read(Path.of(options.substring(MACHINE_OPTION.length())));
    } else {
      throw new ProfilerException("the option is machine=FILE, not " + options);
    }
  }

  private static Roofs read(Path file) throws ProfilerException {
    try {
      return new Roofs(Machine.read(file));
    } catch (InvalidInputException e) {
      throw new ProfilerException(e.getMessage(), e);
    }
  }

  @Override
  public String getDescription() {
    return "FLOPs, bytes, their rates and the fraction of the roof; option machine=FILE";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    // The counts are known without looking.
  }

  @Override
  @SuppressWarnings("rawtypes") // JMH's own signature
  public Collection<? extends Result> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    Optional<Work> work = WorkCounters.work(benchmark);
    if (work.isEmpty()) {
      return List.of();
    }
    // JMH counts per invocation, the rates are those of all its threads.
    double seconds = seconds(benchmark, result.getPrimaryResult().getScore());
    return results(
        (double) work.get().flops(),
        (double) work.get().bytes(),
        roofs.place(work.get().times(benchmark.getThreads()), seconds));
  }

  /** Time in which every JMH thread finishes one invocation. */
  static double seconds(BenchmarkParams benchmark, double score) {
    double unit = benchmark.getTimeUnit().toNanos(1) / (double) TimeUnit.SECONDS.toNanos(1);
    return switch (benchmark.getMode()) {
      case Throughput -> benchmark.getThreads() * unit / score;
      case AverageTime, SampleTime, SingleShotTime -> score * unit;
      case All -> throw new IllegalArgumentException("JMH runs one mode at a time");
    };
  }

  private static List<ScalarResult> results(double flops, double bytes, RooflineMetrics metrics) {
    return Stream.of(
            result("flops", flops, "FLOP/op"),
            result("bytes", bytes, "B/op"),
            result("intensity", metrics.intensity(), "FLOP/B"),
            result("flopRate", metrics.flopsPerSecond() / 1e9, "GFLOP/s"),
            result("byteRate", metrics.bytesPerSecond() / 1e9, "GB/s"),
            result("fractionOfRoof", metrics.fractionOfRoof(), "1"))
        .filter(result -> Double.isFinite(result.getScore()))
        .toList();
  }

  private static ScalarResult result(String name, double value, String unit) {
    return new ScalarResult(NAME + "." + name, value, unit, AggregationPolicy.AVG);
  }
}
