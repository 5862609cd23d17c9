package dev.ridgepoint.bench.techniques;

import dev.ridgepoint.bench.techniques.Experiment.Description;
import dev.ridgepoint.bench.techniques.PlannedExperiment.Way;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.trace.TimedStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A prompt is fed in pieces: what it takes itself, and what those see who decode beside it. */
final class ChunkedPrefill {
  private static final String SOURCE = "Agrawal et al. 2024, Sarathi-Serve, arXiv:2403.02310";

  private ChunkedPrefill() {}

  /** The prompt alone. */
  static Experiment alone(Stage stage, int chunk) {
    int prompt = stage.sizes().prompt();
    Program program = stage.model().program();
    KvCache cache = program.newCache(prompt);
    return new PlannedExperiment(
        new Description(
            "chunked prefill, " + chunk,
            String.format(
                Locale.ROOT,
                "a prompt of %d tokens in pieces of %d, instead of whole",
                prompt,
                chunk),
            "step(prompt after 0) / sum of step(chunk after i x chunk)",
            SOURCE),
        Way.of(
            stage.predictor(),
            steps(prompt, prompt, List.of()),
            () -> run(stage, program, cache, prompt, List.of())),
        Way.of(
            stage.predictor(),
            steps(prompt, chunk, List.of()),
            () -> run(stage, program, cache, chunk, List.of())),
        (measured, usual, technique) ->
            String.format(
                Locale.ROOT,
                "Each of the %d pieces reads the weights and the cache so far: %s instead of %s."
                    + " %s",
                prompt / chunk,
                Units.bytes(technique.bytes()),
                Units.bytes(usual.bytes()),
                measured < 1
                    ? "That is what the prompt pays, so that others need not wait for all of it."
                    : "At this size of a piece arithmetic still decides, and it costs nothing."),
        () -> {
          cache.close();
          program.close();
        });
  }

  /** The longest time between two tokens of a sequence that decodes meanwhile. */
  static Experiment besideDecoding(Stage stage, int chunk) {
    int prompt = stage.sizes().prompt();
    int context = stage.sizes().shortPrompt();
    Program program = stage.model().program();
    KvCache cache = program.newCache(prompt);
    KvCache other = program.newCache(context + prompt);
    List<Integer> beside = List.of(context);
    return new PlannedExperiment(
        new Description(
            "decoding beside chunks of " + chunk,
            String.format(
                Locale.ROOT,
                "the longest wait for a token beside a prompt of %d in pieces of %d, instead of"
                    + " whole",
                prompt,
                chunk),
            "step(prompt, 1 token after n) / longest step(chunk, 1 token after n)",
            SOURCE),
        new Way(
            stage.predictor(),
            steps(prompt, prompt, beside),
            true,
            () -> run(stage, program, cache, prompt, List.of(new Decoding(other, context)))),
        new Way(
            stage.predictor(),
            steps(prompt, chunk, beside),
            true,
            () -> run(stage, program, cache, chunk, List.of(new Decoding(other, context)))),
        (measured, usual, technique) ->
            String.format(
                Locale.ROOT,
                "A sequence that decodes waits for a step with %d tokens of the prompt instead of"
                    + " %d. %s",
                chunk,
                prompt,
                measured < (double) prompt / chunk
                    ? "The wait does not shrink as much as the piece, since each step reads all"
                        + " weights, and later pieces a longer cache."
                    : "The wait shrinks as much as the piece."),
        () -> {
          cache.close();
          other.close();
          program.close();
        });
  }

  /** A sequence that decodes, with its tokens cached at the beginning. */
  private record Decoding(KvCache cache, int context) {}

  private static List<Step> steps(int prompt, int chunk, List<Integer> contexts) {
    List<Step> steps = new ArrayList<>();
    for (int from = 0; from < prompt; from += chunk) {
      List<Step.Sequence> sequences = new ArrayList<>();
      sequences.add(new Step.Sequence(Math.min(chunk, prompt - from), from, 1));
      for (int context : contexts) {
        sequences.add(new Step.Sequence(1, context + steps.size(), 1));
      }
      steps.add(new Step(sequences));
    }
    return steps;
  }

  private static List<TimedStep> run(
      Stage stage, Program program, KvCache cache, int chunk, List<Decoding> others) {
    int prompt = stage.sizes().prompt();
    cache.truncate(0);
    others.forEach(each -> CachedPrefix.fill(each.cache, each.context));
    List<TimedStep> steps = new ArrayList<>();
    for (int from = 0; from < prompt; from += chunk) {
      List<Batch.Entry> entries = new ArrayList<>();
      entries.add(stage.piece(cache, from, Math.min(prompt, from + chunk)));
      for (Decoding each : others) {
        int length = each.cache.length();
        entries.add(stage.piece(each.cache, length, length + 1));
      }
      steps.add(Pass.step(program, new Batch(entries)));
    }
    return steps;
  }
}
