package dev.ridgepoint.bench.cli.train;

import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.estimator.training.Checkpointing;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.model.training.LearningRate;
import dev.ridgepoint.model.training.OptimizerSettings;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a run trains. */
final class RunSettings {
  @Mixin private StepOptions steps;

  @Option(
      names = "--accumulate",
      paramLabel = "N",
      defaultValue = "1",
      description = "Batches whose gradients are added up for a step (default: ${DEFAULT-VALUE}).")
  private int accumulate;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      defaultValue = "adamw",
      description = "adamw, sgd (with momentum) or adafactor (default: ${DEFAULT-VALUE}).")
  private String optimizer;

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      defaultValue = "cosine",
      description =
          "How it falls once it has risen, in a tenth of the steps: constant, cosine or linear"
              + " (default: ${DEFAULT-VALUE}).")
  private String schedule;

  @Option(
      names = "--clip",
      paramLabel = "NORM",
      defaultValue = "1",
      description = "Norm of all gradients at most (default: ${DEFAULT-VALUE}).")
  private double clip;

  @Option(
      names = "--checkpointing",
      paramLabel = "HOW",
      defaultValue = "NONE",
      description =
          "What is computed again instead of kept: none, selective (norms and activations) or full"
              + " (all of a layer) (default: none).")
  private Checkpointing checkpointing;

  @Option(
      names = "--save-every",
      paramLabel = "N",
      description = "Steps from one checkpoint to the next (default: the last alone).")
  private Long saveEvery;

  @Option(
      names = "--keep",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "Checkpoints that are kept, the newest: older ones are deleted when a new one is whole"
              + " (default: ${DEFAULT-VALUE}).")
  private int keptCheckpoints;

  /** Refuses what is out of its bounds before anything is read. */
  void check() {
    steps();
    optimizer();
    learningRate();
    clip();
    keptCheckpoints();
  }

  long steps() {
    return steps.steps();
  }

  /**
   * What a step sees.
   *
   * @param maxPositions tokens of a sequence at most
   */
  TrainingBatch shape(int maxPositions) {
    return steps.shape(maxPositions, accumulate);
  }

  OptimizerSettings optimizer() {
    return OptimizerSettings.named("--optimizer", optimizer);
  }

  LearningRate learningRate() {
    return steps.learningRate(LearningRate.Shape.named("--schedule", schedule));
  }

  double clip() {
    OptionChecks.requirePositive("--clip", clip);
    return clip;
  }

  Checkpointing checkpointing() {
    return checkpointing;
  }

  long seed() {
    return steps.seed();
  }

  int keptCheckpoints() {
    OptionChecks.requireIn("--keep", keptCheckpoints, 1, Integer.MAX_VALUE);
    return keptCheckpoints;
  }

  /** Whether a checkpoint is written after so many steps. */
  boolean savesAfter(long done) {
    return done == steps() || (saveEvery != null && done % saveEvery == 0);
  }

  /**
   * For the report.
   *
   * @param shape as {@link #shape} has it
   */
  Map<String, Object> asGiven(TrainingBatch shape) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("steps", steps.steps());
    all.put("batch", steps.batch());
    all.put("sequenceLength", shape.sequenceLength());
    all.put("accumulate", accumulate);
    all.put("optimizer", optimizer.toLowerCase(Locale.ROOT));
    all.put("learningRate", steps.highestRate());
    all.put("schedule", schedule.toLowerCase(Locale.ROOT));
    all.put("clip", clip);
    all.put("checkpointing", checkpointing.name().toLowerCase(Locale.ROOT));
    all.put("seed", steps.seed());
    return all;
  }
}
