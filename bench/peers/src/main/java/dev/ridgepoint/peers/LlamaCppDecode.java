package dev.ridgepoint.peers;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;

/**
 * Steps of one token. Of a prompt that is kept, llama.cpp computes the last token anew, for its
 * logits: n generated tokens are n steps. The contexts before them average to the one asked for.
 */
public class LlamaCppDecode extends LlamaCppBenchmark {
  private static final int STEPS = 16;

  private String prompt;

  /** Loads the model and has it keep the prompt. */
  @Setup
  public void setUp() {
    load();
    prompt = prompt(Math.max(1, tokens + 1 - STEPS / 2));
    complete(prompt, 1, true);
  }

  /** The steps. */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public String decode() {
    return complete(prompt, STEPS, true);
  }
}
