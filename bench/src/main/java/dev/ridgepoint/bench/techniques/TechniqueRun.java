package dev.ridgepoint.bench.techniques;

import dev.ridgepoint.bench.EngineMemory;
import dev.ridgepoint.bench.MedianInterval;
import dev.ridgepoint.bench.report.Technique;
import dev.ridgepoint.bench.report.Technique.Work;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.MatrixTypes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Runs all techniques on one model within a time: each in turns with the usual way, so that a
 * moment in which the machine is busy with something else meets both.
 */
public final class TechniqueRun {
  /** More than these tell nothing new. */
  private static final int MOST_TURNS = 9;

  private final Subject subject;
  private final Sizes sizes;
  private final List<String> leftOut = new ArrayList<>();

  /**
   * On what they are run.
   *
   * @param model a known model, whose weights are drawn, or a path, whose weights are taken if it
   *     has any
   * @param types what matrices are stored as
   * @param kvType what keys and values are stored as, but where others are tried
   * @param threads of the team
   */
  public record Subject(
      String model, Architecture architecture, MatrixTypes types, DType kvType, int threads) {}

  /**
   * What a run found.
   *
   * @param leftOut a sentence for each technique that was not run
   */
  public record Outcome(List<Technique> techniques, List<String> leftOut) {
    /** Of a run of none. */
    public static final Outcome NONE = new Outcome(List.of(), List.of());

    public Outcome {
      techniques = List.copyOf(techniques);
      leftOut = List.copyOf(leftOut);
    }
  }

  /**
   * Checks all that can be checked before anything is measured.
   *
   * @param availableBytes of memory
   * @throws dev.ridgepoint.estimator.input.InvalidInputException if the model takes too few
   *     positions, or it, what guesses for it and their caches do not fit into memory
   */
  public TechniqueRun(Subject subject, long availableBytes) {
    this.subject = subject;
    sizes = Sizes.of(subject.model(), subject.architecture().maxPositions());
    DataFormats formats = formats(subject.kvType());
    Step decode = Step.decode(2 * CacheFormat.SEQUENCES, sizes.longContext());
    long draft = formats.weights().storedBytes(BenchedModel.draft(subject.architecture()));
    EngineMemory.of(subject.architecture(), formats, decode, sizes.longContext() + Sizes.NEW_TOKENS)
        .requireFits(subject.model(), availableBytes - draft);
  }

  private DataFormats formats(DType cache) {
    return new DataFormats(subject.types().formats(), Precision.named("cache", cache.name()));
  }

  /**
   * Times their kernels, then runs them.
   *
   * @param machine with roofs of the subject's threads
   * @param time that it may take, the kernels' included; a turn that has begun is ended
   * @param isStopped whether to end before that
   * @param does told what is run
   */
  public Outcome run(
      Machine machine, Duration time, BooleanSupplier isStopped, Consumer<String> does) {
    long deadline = System.nanoTime() + time.toNanos();
    does.accept("timing the kernels of techniques");
    Predictors predictors = Predictors.of(subject, sizes, machine, this::formats);
    if (isStopped.getAsBoolean()) {
      return Outcome.NONE;
    }
    CacheFormat.leftOut(subject.kvType(), subject.architecture())
        .forEach(line -> leftOut.add("Left out: " + line + "."));
    List<Technique> techniques = new ArrayList<>();
    try (BenchedModel model = new BenchedModel(subject, Meter.NONE)) {
      Stage stage = Stage.of(model, sizes, predictors);
      List<Function<Stage, Experiment>> all = all(sizes, subject);
      for (int i = 0; i < all.size() && !isStopped.getAsBoolean(); i++) {
        double left = (deadline - System.nanoTime()) / 1e9;
        try (Experiment experiment = all.get(i).apply(stage)) {
          does.accept("running " + experiment.description().name());
          measure(experiment, left, left / (all.size() - i), isStopped).ifPresent(techniques::add);
        }
      }
    }
    return new Outcome(techniques, leftOut);
  }

  /** All techniques, each made when it is its turn. */
  static List<Function<Stage, Experiment>> all(Sizes sizes, Subject subject) {
    List<Function<Stage, Experiment>> all = new ArrayList<>();
    all.add(CachedPrefix::of);
    all.add(SharedPrefix::of);
    sizes.chunks().forEach(chunk -> all.add(stage -> ChunkedPrefill.alone(stage, chunk)));
    int chunk = sizes.chunks().getFirst();
    all.add(stage -> ChunkedPrefill.besideDecoding(stage, chunk));
    CacheFormat.narrower(subject.kvType(), subject.architecture())
        .forEach(type -> all.add(stage -> CacheFormat.of(stage, type)));
    all.add(Batchings::new);
    all.add(Guessing::byLookup);
    all.add(Guessing::byDraftModel);
    return all;
  }

  /**
   * Turns after a first one, which is not counted: it meets code that is not compiled yet.
   *
   * @param left seconds of all techniques
   * @param share seconds of this one
   */
  private Optional<Technique> measure(
      Experiment experiment, double left, double share, BooleanSupplier isStopped) {
    double expected = experiment.secondsOfTurn();
    if (2 * expected > left) {
      leftOut.add(
          String.format(
              Locale.ROOT,
              "Left out for want of time: %s: a turn takes about %.0f s. Run it with more --time.",
              experiment.description().name(),
              Math.ceil(expected)));
      return Optional.empty();
    }
    long start = System.nanoTime();
    experiment.run();
    List<Turn> turns = new ArrayList<>();
    double used = (System.nanoTime() - start) / 1e9;
    while (turns.isEmpty()
        || (turns.size() < MOST_TURNS
            && used * (turns.size() + 2) / (turns.size() + 1) < share
            && !isStopped.getAsBoolean())) {
      turns.add(experiment.run());
      used = (System.nanoTime() - start) / 1e9;
    }
    return Optional.of(technique(experiment, turns));
  }

  static Technique technique(Experiment experiment, List<Turn> turns) {
    MedianInterval ratio = median(turns, Turn::ratio);
    Experiment.Description description = experiment.description();
    Turn last = turns.getLast();
    return new Technique(
        description.name(),
        description.compared(),
        experiment.predicted(turns),
        ratio.median(),
        ratio.error(),
        turns.size(),
        work(
            last.usual(),
            experiment.usual(last.usual()),
            median(turns, turn -> turn.usual().seconds())),
        work(
            last.technique(),
            experiment.technique(last.technique()),
            median(turns, turn -> turn.technique().seconds())),
        experiment.explanation(ratio.median(), turns),
        description.formula(),
        description.source());
  }

  private static Work work(Pass pass, Forecast forecast, MedianInterval seconds) {
    return new Work(
        pass.steps().size() + pass.draftSteps().size(),
        pass.tokens(),
        forecast.flops(),
        forecast.bytes(),
        seconds.median());
  }

  private static MedianInterval median(List<Turn> turns, ToDoubleFunction<Turn> value) {
    return MedianInterval.of(turns.stream().mapToDouble(value).toArray());
  }
}
