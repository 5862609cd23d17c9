package dev.ridgepoint.bench.roofline;

import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.File;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.ExternalProfiler;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.profile.ProfilerException;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Adds to each result what it means on the roofline: FLOPs and bytes of an operation, their rates,
 * the intensity and the fraction of the roof. The counts come from the benchmark's {@link
 * WorkCounter}, the roofs from the file of a machine, which is probed if none is there; nothing is
 * measured beside the benchmark's time.
 *
 * <p>Benchmarks without {@link CountedBy} get nothing, and work without bytes or FLOPs no
 * intensity.
 */
public final class RooflineProfiler implements InternalProfiler, ExternalProfiler {
  /** What {@code ridge bench -prof} takes for this class's name. */
  public static final String NAME = "roofline";

  private static final String MACHINE_OPTION = "machine=";

  /** The file that the user names. */
  private final Optional<Path> named;

  /** Of the default file unknown until a benchmark runs: JMH makes profilers to list them, too. */
  private Roofs roofs;

  /** As JMH does without options; see {@link #RooflineProfiler(String)}. */
  public RooflineProfiler() {
    named = Optional.empty();
  }

  /**
   * As JMH does with options.
   *
   * @param options {@code machine=FILE}; or nothing, for {@code machine.json} here, or else {@code
   *     ridge-report/machine.json}, for which this machine is probed where it is not yet known
   * @throws ProfilerException if the option is another or the file holds no machine
   */
  public RooflineProfiler(String options) throws ProfilerException {
    if (options.isEmpty()) {
      named = Optional.empty();
    } else if (options.startsWith(MACHINE_OPTION)) {
      named = Optional.of(Path.of(options.substring(MACHINE_OPTION.length())));
      try {
        roofs();
      } catch (InvalidInputException e) {
        throw new ProfilerException(e.getMessage(), e);
      }
    } else {
      throw new ProfilerException("the option is machine=FILE, not " + options);
    }
  }

  private Path machine() {
    return named.orElseGet(MachineFile::find);
  }

  private Roofs roofs() {
    if (roofs == null) {
      roofs = new Roofs(Machine.read(machine()));
    }
    return roofs;
  }

  @Override
  public String getDescription() {
    return "FLOPs, bytes, their rates and the fraction of the roof; option machine=FILE";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    // The counts are known without looking. The roofs are not to be probed in an iteration.
    roofs();
  }

  @Override
  @SuppressWarnings("rawtypes") // JMH's own signature
  public Collection<? extends Result> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    Optional<Work> work = WorkCounters.work(benchmark);
    if (work.isEmpty()) {
      return List.of();
    }
    // JMH counts per operation, the rates are those of all its threads.
    double seconds = seconds(benchmark, result.getPrimaryResult().getScore());
    double operations = benchmark.getOpsPerInvocation();
    return results(
        work.get().flops() / operations,
        work.get().bytes() / operations,
        roofs().place(work.get().times(benchmark.getThreads()), seconds));
  }

  /** Time in which every JMH thread finishes one invocation. */
  static double seconds(BenchmarkParams benchmark, double score) {
    double unit = benchmark.getTimeUnit().toNanos(1) / (double) TimeUnit.SECONDS.toNanos(1);
    double ofAnOperation =
        switch (benchmark.getMode()) {
          case Throughput -> benchmark.getThreads() * unit / score;
          case AverageTime, SampleTime, SingleShotTime -> score * unit;
          case All -> throw new IllegalArgumentException("JMH runs one mode at a time");
        };
    return ofAnOperation * benchmark.getOpsPerInvocation();
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

  @Override
  public Collection<String> addJVMInvokeOptions(BenchmarkParams benchmark) {
    return List.of();
  }

  /** A fork has the roofs of the process that started it, and probes nothing. */
  @Override
  public Collection<String> addJVMOptions(BenchmarkParams benchmark) {
    return List.of(MachineFile.option(machine()));
  }

  @Override
  public void beforeTrial(BenchmarkParams benchmark) {
    // All is done in the fork.
  }

  @Override
  @SuppressWarnings("rawtypes") // JMH's own signature
  public Collection<? extends Result> afterTrial(
      BenchmarkResult result, long pid, File out, File err) {
    return List.of();
  }

  @Override
  public boolean allowPrintOut() {
    return true;
  }

  @Override
  public boolean allowPrintErr() {
    return true;
  }
}
