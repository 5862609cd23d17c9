package dev.ridgepoint.bench.jmh;

import com.sun.management.OperatingSystemMXBean;
import dev.ridgepoint.bench.EngineFormats;
import dev.ridgepoint.bench.roofline.CountedBy;
import dev.ridgepoint.bench.roofline.ForkFlags;
import dev.ridgepoint.bench.roofline.Work;
import dev.ridgepoint.bench.roofline.WorkCounter;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.watch.KernelCliffs;
import dev.ridgepoint.model.watch.ThreadAllocation;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Processes that start cold: each loads a small model, and prefills and decodes until the compiler
 * is done with all kernels. That is the time; beside it stand how many starts there were and how
 * many of them ended in a cliff, where it is never done.
 *
 * <p>All parameters together are a hundred starts under each garbage collector, which matters to
 * loops. Other options of the JVM come with {@code -jvmArgsAppend}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@CountedBy(ColdStartBenchmark.Counts.class)
public class ColdStartBenchmark {
  private static final int STARTS = 5;

  /**
   * The compiler counts calls, not what they do. Kernels that read four panels at once have one,
   * two and three left of qkv_proj, ffn_gate_up and lm_head, if a panel has 32 columns.
   */
  private static final String MODEL =
      """
      {"model_type": "llama", "vocab_size": 224, "hidden_size": 96, "intermediate_size": 160,
       "num_hidden_layers": 2, "num_attention_heads": 3, "num_key_value_heads": 1,
       "max_position_embeddings": 128, "rms_norm_eps": 1e-05, "rope_theta": 10000.0,
       "tie_word_embeddings": true, "hidden_act": "silu"}
      """;

  /** Alone it runs all kernels, and leaves a processor to the compiler. */
  private static final int THREADS = 1;

  private static final int CONTEXT = 64;

  /** In a row, which allocate nothing to speak of: compiled code is in place, and stays. */
  private static final int QUIET_ROUNDS = 30;

  /** Less than the vectors of any kernel's call. */
  private static final long QUIET_BYTES = 512;

  /**
   * Of the process's processor time, some ten times what a start takes: a busy machine, on which
   * the compiler waits for a processor, makes no cliff.
   */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  /** Storage format of the weight matrices. */
  @Param({"f32", "bf16", "f16", "q8_0", "q4_0"})
  String dtype;

  /** As many are decoded at once: rows of the tile. */
  @Param({"1", "2", "4", "8"})
  int sequences;

  /** What became of the starts, summed up over all of them. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Outcome {
    /** Processes. */
    public int starts;

    /** Those that did not settle. */
    public int cliffs;
  }

  /** The launcher's collector. */
  @Benchmark
  @Fork(
      value = STARTS,
      jvmArgs = {ForkFlags.VECTORS, ForkFlags.NATIVE_ACCESS, "-XX:+UseSerialGC"})
  public void serial(Outcome outcome) {
    start(outcome);
  }

  /** That of most servers. */
  @Benchmark
  @Fork(
      value = STARTS,
      jvmArgs = {ForkFlags.VECTORS, ForkFlags.NATIVE_ACCESS, "-XX:+UseG1GC"})
  public void g1(Outcome outcome) {
    start(outcome);
  }

  /** That of batch jobs. */
  @Benchmark
  @Fork(
      value = STARTS,
      jvmArgs = {ForkFlags.VECTORS, ForkFlags.NATIVE_ACCESS, "-XX:+UseParallelGC"})
  public void parallel(Outcome outcome) {
    start(outcome);
  }

  private void start(Outcome outcome) {
    outcome.starts++;
    Architecture architecture = ConfigReader.parse("model", MODEL);
    DType type = EngineFormats.synthetic("dtype", dtype, architecture);
    try (Workers workers = new Workers(THREADS);
        LoadedModel model =
            LoadedModel.synthetic(architecture, 1, type, workers, (done, total) -> {})) {
      List<Repeated> steps = new ArrayList<>();
      for (int prompt : Blocking.rowsOfTallestTiles()) {
        steps.add(new Repeated(model.program(DType.F32, workers, Meter.NONE), 1, prompt, 0));
      }
      steps.add(new Repeated(model.program(DType.F32, workers, Meter.NONE), sequences, 1, CONTEXT));
      if (!settles(steps)) {
        outcome.cliffs++;
      }
      steps.forEach(Repeated::close);
    }
  }

  private static boolean settles(List<Repeated> steps) {
    int quiet = 0;
    while (quiet < QUIET_ROUNDS) {
      if (!KernelCliffs.found().isEmpty() || PROCESS.getProcessCpuTime() > LIMIT.toNanos()) {
        return false;
      }
      long before = ThreadAllocation.bytes();
      for (int i = 0; i < steps.size(); i++) {
        steps.get(i).run();
      }
      quiet = ThreadAllocation.bytes() - before < QUIET_BYTES ? quiet + 1 : 0;
    }
    return true;
  }

  /** A step of one shape, with a program of its own, which allocates nothing from its second on. */
  private static final class Repeated implements AutoCloseable {
    private final Program program;
    private final int context;
    private final List<KvCache> caches = new ArrayList<>();
    private final Batch batch;

    Repeated(Program program, int sequences, int newTokens, int context) {
      this.program = program;
      this.context = context;
      List<Batch.Entry> entries = new ArrayList<>();
      for (int i = 0; i < sequences; i++) {
        KvCache cache = program.newCache(context + newTokens);
        cache.advance(context);
        caches.add(cache);
        entries.add(new Batch.Entry(cache, new int[newTokens], 1));
      }
      batch = new Batch(entries);
    }

    void run() {
      program.forward(batch);
      for (int i = 0; i < caches.size(); i++) {
        caches.get(i).truncate(context);
      }
    }

    @Override
    public void close() {
      caches.forEach(KvCache::close);
      program.close();
    }
  }

  /** Its work is the compiler's, which nobody counts. */
  public static final class Counts implements WorkCounter {
    @Override
    public Work work(String method, UnaryOperator<String> parameters) {
      return Work.of(0, 0, THREADS);
    }
  }
}
