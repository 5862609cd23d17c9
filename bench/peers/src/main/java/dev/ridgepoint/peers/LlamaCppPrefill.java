package dev.ridgepoint.peers;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** A prompt from an empty cache: its logits are the first token's, so nothing else is computed. */
public class LlamaCppPrefill extends LlamaCppBenchmark {
  private String prompt;

  /** Loads the model. */
  @Setup
  public void setUp() {
    load();
    prompt = prompt(tokens);
  }

  /** The step. */
  @Benchmark
  public String prefill() {
    return complete(prompt, 1, false);
  }
}
