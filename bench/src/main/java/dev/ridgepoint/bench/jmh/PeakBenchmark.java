package dev.ridgepoint.bench.jmh;

import dev.ridgepoint.bench.probe.FmaKernels;
import dev.ridgepoint.bench.roofline.CountedBy;
import dev.ridgepoint.bench.roofline.ForkFlags;
import dev.ridgepoint.bench.roofline.Work;
import dev.ridgepoint.bench.roofline.WorkCounter;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The FMA peak by the probe's kernels, so that JMH can confirm the probe. Scale it with -t. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsPrepend = {ForkFlags.VECTORS, ForkFlags.NATIVE_ACCESS})
@CountedBy(PeakBenchmark.Counts.class)
public class PeakBenchmark {
  private static final int TRIPS = 10_000;

  @Param({"8", "12", "16", "24"})
  int chains;

  private FmaKernels.Kernel kernel;
  private float x = 0.999f;
  private float y = 0.001f;

  private static FmaKernels.Kernel kernel(int chains) {
    return FmaKernels.ALL.stream()
        .filter(kernel -> kernel.chains() == chains)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no kernel has " + chains + " chains"));
  }

  @Setup
  public void chooseKernel() {
    kernel = kernel(chains);
  }

  @Benchmark
  public float fma() {
    return kernel.loop().run(TRIPS, x, y);
  }

  /** Two FLOPs per lane of each chain, no traffic. */
  public static final class Counts implements WorkCounter {
    @Override
    public Work work(String method, UnaryOperator<String> parameters) {
      FmaKernels.Kernel kernel = kernel(Integer.parseInt(parameters.apply("chains")));
      return Work.of(kernel.flops(TRIPS), 0, 1);
    }
  }
}
