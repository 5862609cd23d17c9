package dev.ridgepoint.bench.jmh;

import dev.ridgepoint.bench.roofline.CountedBy;
import dev.ridgepoint.bench.roofline.ForkFlags;
import dev.ridgepoint.bench.roofline.Work;
import dev.ridgepoint.bench.roofline.WorkCounter;
import dev.ridgepoint.engine.Workers;
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

/** Starting and joining a parallel section that has an item per thread and nothing to do. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsPrepend = {ForkFlags.VECTORS, ForkFlags.NATIVE_ACCESS})
@CountedBy(WorkersBenchmark.Counts.class)
public class WorkersBenchmark {
  /** Members of the team. */
  @Param({"1", "2"})
  int threads;

  private Workers workers;
  private int[] seen;
  private Workers.Task task;

  /** Starts the team. */
  @Setup
  public void startTeam() {
    workers = new Workers(threads);
    int cacheLineInts = 16;
    seen = new int[(threads + 1) * cacheLineInts];
    task = (worker, from, to) -> seen[(worker + 1) * cacheLineInts] += to - from;
  }

  /** Ends the team. */
  @TearDown
  public void endTeam() {
    workers.close();
  }

  /** One section. */
  @Benchmark
  public void section() {
    workers.run(threads, 1, task);
  }

  /** Nothing to compute, nothing to move. */
  public static final class Counts implements WorkCounter {
    @Override
    public Work work(String method, UnaryOperator<String> parameters) {
      return Work.of(0, 0, Integer.parseInt(parameters.apply("threads")));
    }
  }
}
