package dev.ridgepoint.bench.techniques;

import dev.ridgepoint.bench.techniques.Experiment.Description;
import dev.ridgepoint.bench.techniques.PlannedExperiment.Way;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.KvLayout;
import dev.ridgepoint.engine.panels.PagePool;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.trace.TimedStep;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Prompts that begin alike share the pages of their beginning, which is computed once. */
final class SharedPrefix {
  private static final int PROMPTS = 4;

  private final Stage stage;
  private final Program program;
  private final PagePool pool;
  private final int prefix;
  private final int prompt;
  private int pagesOfOwn;
  private int pagesShared;

  private SharedPrefix(Stage stage) {
    this.stage = stage;
    prefix = prefix(stage.sizes());
    prompt = prefix + own(stage.sizes());
    program = stage.model().program();
    KvLayout layout = program.pageLayout(KvLayout.PAGE_POSITIONS).withPagesUpTo(prefix);
    pool = new PagePool(layout, (PROMPTS + 1) * program.mostPages(layout, prompt, prompt));
  }

  /** Tokens that all prompts begin with. */
  static int prefix(Sizes sizes) {
    return sizes.prompt() / 2;
  }

  /** Tokens that follow in each. */
  static int own(Sizes sizes) {
    return sizes.prompt() / 16;
  }

  static Experiment of(Stage stage) {
    return new SharedPrefix(stage).experiment();
  }

  private PlannedExperiment experiment() {
    List<Step> shared = new ArrayList<>();
    shared.add(Step.prefill(prefix));
    Step.Sequence rest = new Step.Sequence(prompt - prefix, prefix, 1);
    shared.addAll(Collections.nCopies(PROMPTS, new Step(List.of(rest))));
    return new PlannedExperiment(
        new Description(
            "shared prefix",
            String.format(
                Locale.ROOT,
                "%d prompts of %d tokens that begin with the same %d, which are computed once and"
                    + " whose pages all share, instead of each for itself",
                PROMPTS,
                prompt,
                prefix),
            "n x step(prefix + own after 0) / (step(prefix after 0) + n x step(own after prefix))",
            "Zheng et al. 2024, RadixAttention, arXiv:2312.07104"),
        Way.of(
            stage.predictor(), Collections.nCopies(PROMPTS, Step.prefill(prompt)), this::runEach),
        Way.of(stage.predictor(), shared, this::runShared),
        (measured, usual, technique) ->
            String.format(
                Locale.ROOT,
                "%s instead of %s are computed, and the prompts hold %d pages of %d positions"
                    + " of a layer instead of %d: %s less. %s",
                Units.flops(technique.flops()),
                Units.flops(usual.flops()),
                pagesShared,
                pool.layout().pagePositions(),
                pagesOfOwn,
                Units.bytes((pagesOfOwn - pagesShared) * pool.layout().pageBytes()),
                measured < (double) PROMPTS * prompt / (prefix + PROMPTS * (prompt - prefix))
                    ? "It gains less than the tokens that it saves: what is left of a prompt is a"
                        + " step of few rows, which use each reading of the weights worse."
                    : "It gains what the tokens would take that it saves."),
        () -> {
          pool.close();
          program.close();
        });
  }

  private List<TimedStep> runEach() {
    List<TimedStep> steps = new ArrayList<>();
    List<KvCache> caches = new ArrayList<>();
    for (int i = 0; i < PROMPTS; i++) {
      KvCache cache = program.newCache(pool, prompt);
      caches.add(cache);
      steps.add(step(cache, 0, prompt));
    }
    pagesOfOwn = held();
    caches.forEach(KvCache::close);
    return steps;
  }

  private List<TimedStep> runShared() {
    List<TimedStep> steps = new ArrayList<>();
    List<KvCache> caches = new ArrayList<>();
    try (KvCache common = program.newCache(pool, prompt)) {
      steps.add(step(common, 0, prefix));
      for (int i = 0; i < PROMPTS; i++) {
        KvCache cache = program.newCache(pool, prompt);
        cache.share(prefix, common::page);
        caches.add(cache);
        steps.add(step(cache, prefix, prompt));
      }
    }
    pagesShared = held();
    caches.forEach(KvCache::close);
    return steps;
  }

  private TimedStep step(KvCache cache, int from, int to) {
    return Pass.step(program, new Batch(List.of(stage.piece(cache, from, to))));
  }

  private int held() {
    return pool.pages() - pool.freePages();
  }
}
