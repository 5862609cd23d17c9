package dev.ridgepoint.bench.jmh;

import dev.ridgepoint.bench.EngineFormats;
import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.SyntheticTypes;
import dev.ridgepoint.bench.probe.WarmUp;
import dev.ridgepoint.bench.roofline.Work;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.HugePageArena;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.SyntheticWeights;
import dev.ridgepoint.model.Weights;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One step of a decoder, again and again: the caches are cut back after each. Weights are drawn
 * from a seed, which costs no download and the same time as real ones; so is the cached context,
 * which is left zero.
 */
@State(Scope.Benchmark)
public abstract class StepBenchmark {
  /** Of the weights, which an export for other engines repeats. */
  public static final long SEED = 20_240_917;

  private static final int WARM_UP_CALLS = 2;
  private static final Duration WARM_UP_LIMIT = Duration.ofSeconds(20);

  /** A preset, or a folder or file with a config. */
  @Param("Qwen2.5-0.5B")
  String model;

  /** Storage format of the weight matrices, or {@code stored} for what the model's file has. */
  @Param("bf16")
  String dtype;

  /** Storage format of cached keys and values. */
  @Param("f32")
  String kvDtype;

  /** Threads of the decoder's team. */
  @Param("1")
  int threads;

  private Arena arena;
  private Workers workers;
  private Program program;
  private int context;
  private List<KvCache> caches;
  private Batch batch;

  /**
   * Builds a decoder and the batch of {@code sequences} with {@code context} tokens cached each.
   */
  void setUp(int sequences, int newTokens, int context) {
    ForkOfParent.endWithParent();
    Architecture architecture = ModelSource.runnable(model);
    this.context = context;
    arena = new HugePageArena();
    workers = new Workers(threads);
    Weights weights;
    try (Workers all = new Workers(Runtime.getRuntime().availableProcessors())) {
      weights =
          Weights.load(
              architecture,
              new SyntheticWeights(SEED),
              SyntheticTypes.of("dtype", dtype, model, architecture),
              arena,
              all,
              (done, total) -> {});
    }
    DType kvType = EngineFormats.ofKeysAndValues("kvDtype", kvDtype, architecture);
    program = new Program(weights, kvType, workers, Meter.NONE);
    caches = new ArrayList<>();
    List<Batch.Entry> entries = new ArrayList<>();
    Random random = new Random(SEED);
    for (int i = 0; i < sequences; i++) {
      KvCache cache = program.newCache(context + newTokens);
      cache.advance(context);
      caches.add(cache);
      int[] tokens = random.ints(newTokens, 0, architecture.embedding().vocabSize()).toArray();
      entries.add(new Batch.Entry(cache, tokens, 1));
    }
    batch = new Batch(entries);
    // A step may take as long as a warm-up iteration, too few of them for the compiler.
    WarmUp.run(() -> step().rank(), WARM_UP_CALLS, WARM_UP_LIMIT);
  }

  /** Runs the step. */
  Tensor step() {
    Tensor logits = program.forward(batch);
    for (KvCache cache : caches) {
      cache.truncate(context);
    }
    return logits;
  }

  /** Frees all memory and threads. */
  @TearDown
  public void close() {
    caches.forEach(KvCache::close);
    program.close();
    workers.close();
    arena.close();
  }

  /** The work of {@code sequences} sequences with new tokens after a context. */
  static Work work(UnaryOperator<String> parameters, int sequences, int newTokens, int context) {
    String model = parameters.apply("model");
    Architecture architecture = ModelSource.runnable(model);
    DataFormats formats =
        new DataFormats(
            SyntheticTypes.of("dtype", parameters.apply("dtype"), model, architecture).formats(),
            Precision.named("kvDtype", parameters.apply("kvDtype")));
    Step step = new Step(Collections.nCopies(sequences, new Step.Sequence(newTokens, context, 1)));
    Cost total =
        OperationList.total(OperationList.of(architecture, ForwardOptions.ofEngine(formats), step));
    return Work.of(total.flops(), total.bytes(), Integer.parseInt(parameters.apply("threads")));
  }
}
