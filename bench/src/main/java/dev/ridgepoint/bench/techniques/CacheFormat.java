package dev.ridgepoint.bench.techniques;

import dev.ridgepoint.bench.EngineFormats;
import dev.ridgepoint.bench.techniques.Experiment.Description;
import dev.ridgepoint.bench.techniques.PlannedExperiment.Way;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.trace.TimedStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Keys and values are stored in fewer bits. */
final class CacheFormat {
  private static final List<DType> NARROWER = List.of(DType.BF16, DType.Q8_0);

  static final int SEQUENCES = 8;

  private CacheFormat() {}

  /** In which narrower types than some the caches of a model can be stored. */
  static List<DType> narrower(DType usual, Architecture architecture) {
    return narrower(usual)
        .filter(type -> EngineFormats.brokenHeads(type, architecture).isEmpty())
        .toList();
  }

  private static Stream<DType> narrower(DType usual) {
    int block = DType.Q8_0.blockElements();
    return NARROWER.stream().filter(type -> type.bytes(block) < usual.bytes(block));
  }

  /** A line for each of those types that a model's caches cannot have. */
  static List<String> leftOut(DType usual, Architecture architecture) {
    return narrower(usual)
        .flatMap(
            type ->
                EngineFormats.brokenHeads(type, architecture)
                    .map(problem -> "KV cache in " + EngineFormats.name(type) + ": " + problem)
                    .stream())
        .toList();
  }

  static Experiment of(Stage stage, DType narrow) {
    int context = stage.sizes().longContext();
    List<Step> steps =
        IntStream.range(0, Sizes.NEW_TOKENS)
            .mapToObj(i -> Step.decode(SEQUENCES, context + i))
            .toList();
    DType usualType = stage.model().kvType();
    Caches wide = new Caches(stage, usualType);
    Caches less = new Caches(stage, narrow);
    return new PlannedExperiment(
        new Description(
            "KV cache in " + EngineFormats.name(narrow),
            String.format(
                Locale.ROOT,
                "%d sequences of %,d tokens decode with caches in %s, instead of %s",
                SEQUENCES,
                context,
                EngineFormats.name(narrow),
                EngineFormats.name(usualType)),
            String.format(
                Locale.ROOT,
                "step with caches in %s / step with caches in %s",
                EngineFormats.name(usualType),
                EngineFormats.name(narrow)),
            "Pope et al. 2022, arXiv:2211.05102, section 3.3"),
        Way.of(stage.predictor(), steps, wide::run),
        Way.of(stage.predictors().model().get(narrow), steps, less::run),
        (measured, usual, technique) ->
            String.format(
                Locale.ROOT,
                "A step moves %s instead of %s, of which keys and values were %s. %s",
                Units.bytes(technique.bytes() / Sizes.NEW_TOKENS),
                Units.bytes(usual.bytes() / Sizes.NEW_TOKENS),
                Units.percent(
                    (double) (usual.cost().kvReadBytes() + usual.cost().kvWrittenBytes())
                        / usual.bytes()),
                measured < 1
                    ? "Unpacking takes longer than reading fewer bytes saves."
                    : "It gains what those bytes took, less what unpacking them takes."),
        () -> {
          wide.close();
          less.close();
        });
  }

  /** Caches of one format, and what reads them. */
  private static final class Caches {
    private final Stage stage;
    private final Program program;
    private final List<KvCache> caches = new ArrayList<>();

    Caches(Stage stage, DType type) {
      this.stage = stage;
      program = stage.model().program(type);
      for (int i = 0; i < SEQUENCES; i++) {
        caches.add(program.newCache(stage.sizes().longContext() + Sizes.NEW_TOKENS));
      }
    }

    List<TimedStep> run() {
      caches.forEach(cache -> CachedPrefix.fill(cache, stage.sizes().longContext()));
      List<TimedStep> steps = new ArrayList<>();
      for (int i = 0; i < Sizes.NEW_TOKENS; i++) {
        List<Batch.Entry> entries = new ArrayList<>();
        for (KvCache cache : caches) {
          entries.add(stage.piece(cache, cache.length(), cache.length() + 1));
        }
        steps.add(Pass.step(program, new Batch(entries)));
      }
      return steps;
    }

    void close() {
      caches.forEach(KvCache::close);
      program.close();
    }
  }
}
