package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.cli.CompressionResult.Baseline;
import dev.ridgepoint.bench.cli.CompressionResult.TaughtStep;
import dev.ridgepoint.bench.cli.options.MeasuredPeak;
import dev.ridgepoint.bench.cli.train.TrainingProgress;
import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.compression.CompressedModel;
import dev.ridgepoint.model.compression.Distillation;
import dev.ridgepoint.model.compression.Fidelity;
import dev.ridgepoint.model.compression.Fidelity.Subject;
import dev.ridgepoint.model.compression.ModelWeights;
import dev.ridgepoint.model.training.SoftTargets;
import dev.ridgepoint.model.training.TokenDataset;
import dev.ridgepoint.model.training.TrainingProgram;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Distils a model into a student and verifies that, with its progress.
 *
 * @param student its name and sizes
 * @param distillation how
 * @param hasBaseline whether the same student is trained without the teacher, too
 * @param stored what the teacher's matrices are stored as
 * @param dense what the student's become
 * @param data what both read
 * @param heldOut windows that the student is judged by
 * @param err where progress is told
 */
record DistillationRun(
    NamedModel student,
    Distillation distillation,
    boolean hasBaseline,
    MatrixTypes stored,
    DType dense,
    TokenDataset data,
    List<int[]> heldOut,
    Workers workers,
    PrintWriter err) {

  /**
   * What is known beforehand; how long it takes at least only if the machine's peak is measured.
   */
  List<Cell> facts(Architecture teacher) {
    List<Cell> facts = new ArrayList<>();
    facts.add(Cell.of("student", "student", Format.TEXT, student.name()));
    facts.add(
        Cell.of(
            "studentParameters",
            "its parameters",
            Format.COUNT,
            ParameterCount.of(student.architecture()).total()));
    facts.add(Cell.of("trainedTokens", "tokens trained on", Format.COUNT, tokens()));
    facts.add(Cell.of("distillingFlops", "distilling takes", Format.FLOPS, flops(teacher)));
    OptionalDouble peak = MeasuredPeak.flopsPerSecond(workers.size());
    peak.ifPresent(
        rate ->
            facts.add(
                Cell.of(
                    "distillingSeconds",
                    "at this machine's peak",
                    Format.SECONDS,
                    flops(teacher) / rate)));
    return facts;
  }

  /** How it was trained. */
  String described(CompressionResult result) {
    double seconds = result.steps().stream().mapToDouble(TaughtStep::seconds).sum();
    return String.format(
        Locale.ROOT,
        "the student was drawn from seed %d and trained for %s of %,d tokens in %s, with"
            + " temperature %s and alpha %s",
        distillation.seed(),
        Units.count(steps(), "step"),
        distillation.shape().microBatchTokens(),
        Units.duration(seconds),
        distillation.temperature(),
        distillation.alpha());
  }

  private long tokens() {
    return steps() * distillation.shape().microBatchTokens();
  }

  private long steps() {
    return distillation.learningRate().steps();
  }

  private double flops(Architecture teacher) {
    long aStep = distillation.flopsPerStep(Optional.of(SoftTargets.listed(teacher, stored)));
    return (double) steps() * (hasBaseline ? aStep + flopsPerStepAlone() : aStep);
  }

  private long flopsPerStepAlone() {
    return distillation.flopsPerStep(Optional.empty());
  }

  /** All of it. */
  CompressionResult of(LoadedModel teacher) {
    Log taught = new Log();
    long flops =
        distillation.flopsPerStep(Optional.of(SoftTargets.listed(teacher.architecture(), stored)));
    CompressedModel compressed;
    try (TrainingProgress progress = new TrainingProgress("distilling", steps(), err)) {
      compressed =
          compressed(
              distillation.taught(
                  teacher,
                  stored,
                  data,
                  workers,
                  (done, result) -> progress.made(done, taught.line("", done, result, flops))));
    }
    Log alone = new Log();
    Optional<Baseline> baseline =
        hasBaseline ? Optional.of(baseline(teacher, alone)) : Optional.empty();
    try (LoadedModel after = load(compressed)) {
      return new CompressionResult(
          compressed,
          List.of(),
          baseline,
          fidelity(teacher, after, "verifying"),
          StepTimes.of(teacher, after, workers),
          taught.beside(alone));
    }
  }

  private Baseline baseline(LoadedModel teacher, Log log) {
    CompressedModel compressed;
    try (TrainingProgress progress = new TrainingProgress("without teacher", steps(), err)) {
      compressed =
          compressed(
              distillation.alone(
                  data,
                  workers,
                  (done, result) ->
                      progress.made(
                          done, log.line("without teacher, ", done, result, flopsPerStepAlone()))));
    }
    try (LoadedModel after = load(compressed)) {
      return new Baseline(
          "a student without a teacher", fidelity(teacher, after, "verifying that"));
    }
  }

  private CompressedModel compressed(ModelWeights weights) {
    return new CompressedModel(weights, weights, dense, dense, Optional.empty());
  }

  private LoadedModel load(CompressedModel model) {
    return LoadedModel.of(
        student.architecture(), model.weights(), model.types(), workers, (done, total) -> {});
  }

  private Fidelity fidelity(LoadedModel before, LoadedModel after, String doing) {
    try (StepProgress progress = new StepProgress(doing)) {
      return Fidelity.of(
          new Subject(before, false), new Subject(after, false), heldOut, workers, progress);
    }
  }

  /** What the steps of a training did, and when. */
  private final class Log {
    private final List<TrainingProgram.Result> results = new ArrayList<>();
    private final List<Double> seconds = new ArrayList<>();
    private long last = System.nanoTime();

    /** Notes a step, and says it. */
    String line(String who, long done, TrainingProgram.Result result, long flops) {
      long now = System.nanoTime();
      double took = (now - last) / 1e9;
      last = now;
      results.add(result);
      seconds.add(took);
      String divergence =
          who.isEmpty() ? String.format(Locale.ROOT, "  KL %.4f", result.divergence()) : "";
      return String.format(
          Locale.ROOT,
          "%sstep %,d  loss %.4f%s  %s  %s",
          who,
          done,
          result.loss(),
          divergence,
          Units.tokensPerSecond(distillation.shape().microBatchTokens() / took),
          Units.flopsPerSecond(flops / took));
    }

    /** Step by step, beside the same steps without a teacher. */
    List<TaughtStep> beside(Log alone) {
      List<TaughtStep> steps = new ArrayList<>();
      for (int i = 0; i < results.size(); i++) {
        Double other = alone.results.isEmpty() ? null : Double.valueOf(alone.results.get(i).loss());
        steps.add(
            new TaughtStep(
                i + 1, results.get(i).loss(), results.get(i).divergence(), other, seconds.get(i)));
      }
      return steps;
    }
  }
}
