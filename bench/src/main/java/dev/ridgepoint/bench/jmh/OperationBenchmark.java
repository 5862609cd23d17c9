package dev.ridgepoint.bench.jmh;

import dev.ridgepoint.bench.EngineFormats;
import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.roofline.CountedBy;
import dev.ridgepoint.bench.roofline.ForkFlags;
import dev.ridgepoint.bench.roofline.Work;
import dev.ridgepoint.bench.roofline.WorkCounter;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.HugePageArena;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.SyntheticWeights;
import dev.ridgepoint.model.Weights;
import java.lang.foreign.Arena;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
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

/**
 * One operation of a decoder alone, on a model's shapes. Each invocation takes the next layer, so
 * that weights and cache come from where they come from in a forward pass.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsPrepend = {ForkFlags.VECTORS, ForkFlags.NATIVE_ACCESS})
@CountedBy(OperationBenchmark.Counts.class)
public class OperationBenchmark {
  private static final long SEED = 1;

  /** A name of the operation list. */
  @Param({
    "embedding",
    "attention_norm",
    "qkv_proj",
    "rope",
    "kv_append",
    "attention",
    "o_proj",
    "ffn_gate_up",
    "swiglu",
    "ffn_down",
    "lm_head"
  })
  String operation;

  /** A preset, or a folder or file with a config. */
  @Param("Qwen2.5-0.5B")
  String model;

  /** Storage format of the weight matrices. */
  @Param("bf16")
  String dtype;

  @Param("1")
  int threads;

  /** New tokens of one sequence: 1 for decode, more for prefill. */
  @Param({"1", "512"})
  int newTokens;

  /** Tokens that the sequence has cached. */
  @Param("128")
  int context;

  private Arena arena;
  private Workers workers;
  private Program program;
  private KvCache cache;
  private int[] indexes;
  private int next;

  /** Builds a program and gives its activations the rows of the step. */
  @Setup
  public void setUp() {
    arena = new HugePageArena();
    workers = new Workers(threads);
    Architecture architecture = ModelSource.runnable(model);
    DType weightType = EngineFormats.synthetic("dtype", dtype, architecture);
    Weights weights =
        Weights.load(
            architecture,
            new SyntheticWeights(SEED),
            MatrixTypes.all(weightType),
            arena,
            workers,
            (done, total) -> {});
    program = new Program(weights, DType.F32, workers, Meter.NONE);
    indexes =
        IntStream.range(0, program.operations().size())
            .filter(i -> program.operations().get(i).name().equals(operation))
            .toArray();
    if (indexes.length == 0) {
      throw new IllegalArgumentException("no operation is called " + operation);
    }
    cache = program.newCache(context + newTokens);
    cache.advance(context);
    program.prepare(Batch.of(cache, new int[newTokens]));
  }

  @Benchmark
  public void operation() {
    program.run(indexes[next]);
    next = (next + 1) % indexes.length;
  }

  @TearDown
  public void tearDown() {
    program.close();
    cache.close();
    workers.close();
    arena.close();
  }

  /** The operation's entry in the operation list. */
  public static final class Counts implements WorkCounter {
    @Override
    public Work work(String method, UnaryOperator<String> parameters) {
      Architecture architecture = ModelSource.runnable(parameters.apply("model"));
      DataFormats formats =
          new DataFormats(Precision.named("dtype", parameters.apply("dtype")), Precision.F32);
      Step.Sequence sequence =
          new Step.Sequence(
              Integer.parseInt(parameters.apply("newTokens")),
              Integer.parseInt(parameters.apply("context")),
              1);
      Step step = new Step(Collections.singletonList(sequence));
      String name = parameters.apply("operation");
      List<Cost> costs =
          OperationList.of(architecture, ForwardOptions.ofEngine(formats), step).stream()
              .filter(operation -> operation.name().equals(name))
              .map(OperationCost::cost)
              .toList();
      if (costs.isEmpty()) {
        throw new IllegalArgumentException("no operation is called " + name);
      }
      int threads = Integer.parseInt(parameters.apply("threads"));
      // All of that name take turns: the bytes come from a working set of all of theirs.
      long workingSet = costs.stream().mapToLong(Cost::bytes).sum();
      Cost cost = costs.getFirst();
      return new Work(cost.flops(), cost.bytes(), workingSet, threads);
    }
  }
}
