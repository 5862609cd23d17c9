package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.probe.WarmUp;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.Program;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How long two models take for the same steps, measured in turns so that both meet the same
 * neighbours on the machine: medians.
 *
 * @param prefill of a prompt of {@link #tokens}
 * @param decode of one token after it
 * @param tokens of the prompt
 */
record StepTimes(Pair prefill, Pair decode, int tokens) {
  private static final int LEAST_ROUNDS = 15;
  private static final double LEAST_SECONDS = 2;
  private static final int DECODE_STEPS = 16;
  private static final int PROMPT = 64;
  private static final int WARM_UP_ROUNDS = 3;
  private static final Duration WARM_UP_LIMIT = Duration.ofSeconds(20);

  /** Seconds. */
  record Pair(double before, double after) {}

  /** Tokens of a prompt that both models take. */
  static int prompt(Architecture before, Architecture after) {
    int positions = Math.min(before.maxPositions(), after.maxPositions());
    return Math.min(PROMPT, positions - DECODE_STEPS);
  }

  static StepTimes of(LoadedModel before, LoadedModel after, Workers workers) {
    int prompt = prompt(before.architecture(), after.architecture());
    try (Timed first = new Timed(before, prompt, workers);
        Timed second = new Timed(after, prompt, workers)) {
      first.warmUp();
      second.warmUp();
      long start = System.nanoTime();
      for (int round = 0;
          round < LEAST_ROUNDS || System.nanoTime() - start < LEAST_SECONDS * 1e9;
          round++) {
        first.round();
        second.round();
      }
      return new StepTimes(
          new Pair(median(first.prefill), median(second.prefill)),
          new Pair(median(first.decode), median(second.decode)),
          prompt);
    }
  }

  private static double median(List<Double> seconds) {
    return seconds.stream().sorted().toList().get(seconds.size() / 2);
  }

  /** A model with a cache that is emptied after each round of a prompt and steps after it. */
  private static final class Timed implements AutoCloseable {
    private final Program program;
    private final KvCache cache;
    private final int[] prompt;
    private final List<Double> prefill = new ArrayList<>();
    private final List<Double> decode = new ArrayList<>();

    Timed(LoadedModel model, int prompt, Workers workers) {
      program = model.program(DType.F32, workers, Meter.NONE);
      cache = program.newCache(prompt + DECODE_STEPS);
      this.prompt = new int[prompt];
    }

    /** Until the kernels are compiled. */
    void warmUp() {
      WarmUp.run(
          () -> {
            round();
            return cache.length();
          },
          WARM_UP_ROUNDS,
          WARM_UP_LIMIT);
      prefill.clear();
      decode.clear();
    }

    void round() {
      long start = System.nanoTime();
      program.forward(Batch.of(cache, prompt));
      long middle = System.nanoTime();
      for (int step = 0; step < DECODE_STEPS; step++) {
        program.forward(Batch.of(cache, 0));
      }
      prefill.add((middle - start) / 1e9);
      decode.add((System.nanoTime() - middle) / 1e9 / DECODE_STEPS);
      cache.truncate(0);
    }

    @Override
    public void close() {
      cache.close();
      program.close();
    }
  }
}
