package com.llama4j;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;

/**
 * Measures llama3.java (as of its commit 8cf392d), without its tokenizer, which takes Llama 3's
 * alone: {@code Llama3Bench MODEL THREADS prefill PROMPT} or {@code Llama3Bench MODEL THREADS
 * decode CONTEXT STEPS}. Prints tokens per second, of each repetition a line.
 */
final class Llama3Bench {
  /** By the last of them its kernels are compiled. */
  private static final int REPETITIONS = 4;

  private Llama3Bench() {}

  public static void main(String[] args) throws IOException {
    // Whoever starts a parallel stream works, too.
    System.setProperty(
        "java.util.concurrent.ForkJoinPool.common.parallelism",
        Integer.toString(Integer.parseInt(args[1]) - 1));
    int cached = Integer.parseInt(args[3]);
    int steps = args[2].equals("decode") ? Integer.parseInt(args[4]) : 0;
    Llama model = load(Path.of(args[0]), cached + steps);
    Llama.State state = new Llama.State(model.configuration(), batch());
    for (int i = 0; i < REPETITIONS; i++) {
      long start = System.nanoTime();
      prefill(model, state, cached);
      if (steps > 0) {
        start = System.nanoTime();
        for (int step = 0; step < steps; step++) {
          Llama.forward(model, state, new int[] {1}, cached + step, true);
        }
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf("%.3f tokens/s%n", (steps > 0 ? steps : cached) / seconds);
    }
  }

  private static int batch() {
    return Integer.getInteger("llama.BatchSize", 16);
  }

  private static void prefill(Llama model, Llama.State state, int tokens) {
    for (int position = 0; position < tokens; position += batch()) {
      int[] part = new int[Math.min(batch(), tokens - position)];
      Arrays.fill(part, 1);
      Llama.forward(model, state, part, position, position + part.length == tokens);
    }
  }

  private static Llama load(Path file, int contextLength) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      GGUF gguf = GGUF.loadModel(channel, file.toString());
      Map<String, Object> metadata = gguf.getMetadata();
      Llama.Configuration configuration =
          new Llama.Configuration(
              (int) metadata.get("llama.embedding_length"),
              (int) metadata.get("llama.feed_forward_length"),
              (int) metadata.get("llama.block_count"),
              (int) metadata.get("llama.attention.head_count"),
              (int) metadata.get("llama.attention.head_count_kv"),
              (int) metadata.get("llama.vocab_size"),
              contextLength,
              (float) metadata.get("llama.attention.layer_norm_rms_epsilon"),
              (float) metadata.get("llama.rope.freq_base"));
      Map<String, GGMLTensorEntry> tensors =
          GGUF.loadTensors(channel, gguf.getTensorDataOffset(), gguf.getTensorInfos());
      return new Llama(configuration, null, ModelLoader.loadWeights(tensors, configuration));
    }
  }
}
