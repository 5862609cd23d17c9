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

/** A prompt, all its tokens in one step, from an empty cache. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsPrepend = {ForkFlags.VECTORS, ForkFlags.NATIVE_ACCESS})
@CountedBy(PrefillBenchmark.Counts.class)
public class PrefillBenchmark extends StepBenchmark {
  /** Tokens of the prompt. */
  @Param({"32", "128", "512"})
  int prompt;

  /** Builds the decoder. */
  @Setup
  public void setUp() {
    setUp(1, prompt, 0);
  }

  /** The step. */
  @Benchmark
  public Tensor prefill() {
    return step();
  }

  /** The prompt's operation list. */
  public static final class Counts implements WorkCounter {
    @Override
    public Work work(String method, UnaryOperator<String> parameters) {
      return StepBenchmark.work(parameters, 1, Integer.parseInt(parameters.apply("prompt")), 0);
    }
  }
}
