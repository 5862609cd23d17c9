package dev.ridgepoint.peers;

import dev.ridgepoint.bench.roofline.ForkFlags;
import dev.ridgepoint.engine.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Steps of a model in Jlama. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsPrepend = {ForkFlags.VECTORS, ForkFlags.NATIVE_ACCESS})
public class JlamaBenchmark {
  /** Its kernels in Java are compiled after some prompts only. */
  private static final int WARM_UP_PROMPTS = 3;

  /** A Hugging Face folder, for q4_0 in F32. */
  @Param("")
  String model;

  @Param("bf16")
  String dtype;

  @Param("1")
  int threads;

  /** Tokens of the prompt, or cached before a step. */
  @Param("128")
  int tokens;

  private JlamaModel jlama;
  private int[] prompt;

  /** Loads the model and caches the prompt. */
  @Setup
  public void setUp() throws IOException {
    DType type = DType.valueOf(dtype.toUpperCase(Locale.ROOT));
    jlama = JlamaModel.load(Path.of(model), type, threads);
    prompt = new Random(1).ints(tokens, 0, jlama.vocabSize()).toArray();
    for (int i = 0; i < WARM_UP_PROMPTS; i++) {
      jlama.prefill(prompt);
    }
  }

  /** A prompt, all its tokens in one step, from an empty cache. */
  @Benchmark
  public int prefill() {
    return jlama.prefill(prompt);
  }

  /** One new token. */
  @Benchmark
  public int decode() {
    return jlama.step(prompt[0], tokens);
  }

  /** Frees the model. */
  @TearDown
  public void close() {
    jlama.close();
  }
}
