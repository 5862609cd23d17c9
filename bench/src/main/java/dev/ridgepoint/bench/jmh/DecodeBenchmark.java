package dev.ridgepoint.bench.jmh;

import dev.ridgepoint.bench.roofline.CountedBy;
import dev.ridgepoint.bench.roofline.ForkFlags;
import dev.ridgepoint.bench.roofline.Work;
import dev.ridgepoint.bench.roofline.WorkCounter;
import dev.ridgepoint.engine.Tensor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;

/** One new token for each sequence of a batch. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsPrepend = {ForkFlags.VECTORS, ForkFlags.NATIVE_ACCESS})
@CountedBy(DecodeBenchmark.Counts.class)
public class DecodeBenchmark extends StepBenchmark {
  /** Sequences in the step. */
  @Param({"1", "2", "4", "8"})
  int batch;

  /** Tokens that each sequence has cached. */
  @Param("128")
  int context;

  /** Builds the decoder. */
  @Setup
  public void setUp() {
    setUp(batch, 1, context);
  }

  /** The step. */
  @Benchmark
  public Tensor decode() {
    return step();
  }

  /** The operation list of one token per sequence. */
  public static final class Counts implements WorkCounter {
    @Override
    public Work work(String method, UnaryOperator<String> parameters) {
      return StepBenchmark.work(
          parameters,
          Integer.parseInt(parameters.apply("batch")),
          1,
          Integer.parseInt(parameters.apply("context")));
    }
  }
}
