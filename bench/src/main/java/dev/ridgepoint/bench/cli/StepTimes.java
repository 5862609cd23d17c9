package dev.ridgepoint.bench.cli;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.Program;
import java.util.Arrays;

/**
 * How long two models take for the same steps, measured in turns so that both meet the same
 * neighbours on the machine: medians.
 *
 * @param prefill of a prompt of {@link #tokens}
 * @param decode of one token after it
 * @param tokens of the prompt
 */
record StepTimes(Pair prefill, Pair decode, int tokens) {
  private static final int ROUNDS = 15;
  private static final int DECODE_STEPS = 16;
  private static final int PROMPT = 64;
  private static final double WARM_UP_SECONDS = 1;

  /** Seconds. */
  record Pair(double before, double after) {}

  /** Tokens of a prompt that both models take. */
  static int prompt(Architecture before, Architecture after) {
    int positions = Math.min(before.maxPositions(), after.maxPositions());
    return Math.min(PROMPT, positions - DECODE_STEPS);
  }

  static StepTimes of(LoadedModel before, LoadedModel after, Workers workers) {
    int prompt = prompt(before.architecture(), after.architecture());
    double[][] prefill = new double[2][ROUNDS];
    double[][] decode = new double[2][ROUNDS];
    try (Program first = before.program(DType.F32, workers, Meter.NONE);
        Program second = after.program(DType.F32, workers, Meter.NONE)) {
      Program[] programs = {first, second};
      long start = System.nanoTime();
      while (System.nanoTime() - start < WARM_UP_SECONDS * 1e9) {
        measure(programs, prompt, prefill, decode, 0);
      }
      for (int round = 0; round < ROUNDS; round++) {
        measure(programs, prompt, prefill, decode, round);
      }
    }
    return new StepTimes(medians(prefill), medians(decode), prompt);
  }

  private static void measure(
      Program[] programs, int prompt, double[][] prefill, double[][] decode, int round) {
    for (int i = 0; i < programs.length; i++) {
      try (KvCache cache = programs[i].newCache(prompt + DECODE_STEPS)) {
        long start = System.nanoTime();
        programs[i].forward(Batch.of(cache, new int[prompt]));
        long middle = System.nanoTime();
        for (int step = 0; step < DECODE_STEPS; step++) {
          programs[i].forward(Batch.of(cache, 0));
        }
        prefill[i][round] = (middle - start) / 1e9;
        decode[i][round] = (System.nanoTime() - middle) / 1e9 / DECODE_STEPS;
      }
    }
  }

  private static Pair medians(double[][] seconds) {
    return new Pair(median(seconds[0]), median(seconds[1]));
  }

  private static double median(double[] seconds) {
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
