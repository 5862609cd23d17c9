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

/** Keys and values of earlier tokens are kept, or computed again for each new token. */
final class CachedPrefix {
  private CachedPrefix() {}

  static Experiment of(Stage stage) {
    int prompt = stage.sizes().shortPrompt();
    int count = Sizes.NEW_TOKENS;
    Program program = stage.model().program();
    KvCache cache = program.newCache(prompt + count);
    List<Step> again = new ArrayList<>();
    List<Step> cached = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      again.add(Step.prefill(prompt + i + 1));
      cached.add(Step.decode(1, prompt + i));
    }
    return new PlannedExperiment(
        new Description(
            "KV cache",
            String.format(
                Locale.ROOT,
                "%d tokens after %d, each computed alone, instead of all before it with it",
                count,
                prompt),
            "sum of step(n tokens after 0) / sum of step(1 token after n - 1)",
            "Pope et al. 2022, arXiv:2211.05102, section 3.2"),
        Way.of(stage.predictor(), again, () -> run(stage, program, cache, 0)),
        Way.of(stage.predictor(), cached, () -> run(stage, program, cache, prompt)),
        (measured, usual, technique) ->
            String.format(
                Locale.ROOT,
                "Without it the %d tokens take %s instead of %s, %s as many. It gains less than"
                    + " that: one row waits for the weights to be read, %d share each reading.",
                count,
                Units.flops(usual.flops()),
                Units.flops(technique.flops()),
                Units.times((double) usual.flops() / technique.flops()),
                prompt + 1),
        () -> {
          cache.close();
          program.close();
        });
  }

  /**
   * @param kept tokens of the prompt that need not be computed again
   */
  private static List<TimedStep> run(Stage stage, Program program, KvCache cache, int kept) {
    int prompt = stage.sizes().shortPrompt();
    fill(cache, kept);
    List<TimedStep> steps = new ArrayList<>();
    for (int i = 0; i < Sizes.NEW_TOKENS; i++) {
      if (kept == 0) {
        cache.truncate(0);
      }
      int from = cache.length();
      steps.add(Pass.step(program, new Batch(List.of(stage.piece(cache, from, prompt + i + 1)))));
    }
    return steps;
  }

  /** What keys and values are does not matter to the time. */
  static void fill(KvCache cache, int length) {
    cache.truncate(length);
    cache.advance(length - cache.length());
  }
}
