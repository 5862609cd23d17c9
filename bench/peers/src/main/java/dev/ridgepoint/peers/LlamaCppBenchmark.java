package dev.ridgepoint.peers;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import dev.ridgepoint.bench.roofline.ForkFlags;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A model in llama.cpp. The binding offers whole completions only; which of their steps are
 * computed follows from the prompt, in which each letter is a token, from the number of tokens to
 * generate, and from whether the prompt's keys and values are kept from the last completion.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsPrepend = {ForkFlags.VECTORS, ForkFlags.NATIVE_ACCESS},
    // The binding leaves a thread behind that JMH would wait half a minute for.
    jvmArgsAppend = {"-Djmh.shutdownTimeout=1"})
public abstract class LlamaCppBenchmark {
  private static final int SPARE_CONTEXT = 64;

  /** A GGUF file whose tokenizer has the bytes as tokens. */
  @Param("")
  String model;

  /** Of the file. */
  @Param("bf16")
  String dtype;

  @Param("1")
  int threads;

  /** Tokens of the prompt, or cached before a step. */
  @Param("128")
  int tokens;

  private LlamaModel llama;

  /** Loads the model and requires that it takes letters for tokens. */
  void load() {
    System.setOut(System.err); // the binding prints where it puts its library
    llama =
        LlamaCpp.load(
            LlamaCpp.parameters(Path.of(model), threads)
                .setCtxSize(tokens + SPARE_CONTEXT)
                .disableLog());
    int encoded = llama.encode(prompt(tokens)).length;
    if (encoded != tokens) {
      throw new AssertionError(tokens + " letters became " + encoded + " tokens");
    }
  }

  static String prompt(int tokens) {
    return "a".repeat(tokens);
  }

  /** The text of {@code generated} tokens after a prompt. */
  String complete(String prompt, int generated, boolean keepPrompt) {
    return llama.complete(
        new InferenceParameters(prompt)
            .setNPredict(generated)
            .setCachePrompt(keepPrompt)
            .setTopK(1)
            .setIgnoreEos(true));
  }

  /** Frees the model. */
  @TearDown
  public void close() {
    llama.close();
  }
}
