package dev.ridgepoint.bench.jmh;

import dev.ridgepoint.bench.probe.ReadKernels;
import dev.ridgepoint.bench.roofline.CountedBy;
import dev.ridgepoint.bench.roofline.ForkFlags;
import dev.ridgepoint.bench.roofline.Work;
import dev.ridgepoint.bench.roofline.WorkCounter;
import dev.ridgepoint.engine.HugePageArena;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The read bandwidth by the probe's kernels. With -t each thread reads a slice of its own. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsPrepend = {ForkFlags.VECTORS, ForkFlags.NATIVE_ACCESS})
@CountedBy(BandwidthBenchmark.Counts.class)
public class BandwidthBenchmark {
  private static final int PASSES = 4;
  private static final long PAGE_BYTES = 4096;

  @Param({"32", "1024", "65536", "524288"})
  long sliceKiB;

  @Param({"1", "4", "8"})
  int streams;

  private ReadKernels.Kernel kernel;
  private Arena arena;
  private MemorySegment slice;

  @Setup
  public void touchSlice() {
    kernel =
        ReadKernels.ALL.stream()
            .filter(candidate -> candidate.streams() == streams)
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException("no kernel has " + streams + " streams"));
    arena = new HugePageArena();
    slice = arena.allocate(sliceKiB << 10, PAGE_BYTES);
    slice.fill((byte) 1);
  }

  @TearDown
  public void freeSlice() {
    arena.close();
  }

  @Benchmark
  public int read() {
    return kernel.loop().run(slice, slice.byteSize(), PASSES);
  }

  /** Every byte of the slice, in each pass; integer adds are no FLOPs. */
  public static final class Counts implements WorkCounter {
    @Override
    public Work work(String method, UnaryOperator<String> parameters) {
      long bytes = Long.parseLong(parameters.apply("sliceKiB")) << 10;
      return new Work(0, PASSES * bytes, bytes, 1);
    }
  }
}
