package dev.ridgepoint.bench.cli.train;

import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.training.Checkpointing;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.model.training.LearningRate;
import dev.ridgepoint.model.training.OptimizerSettings;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/** How a run trains. */
final class RunSettings {
  /** A tenth of the steps, a hundred at most. */
  private static final int WARM_UP_SHARE = 10;

  private static final int MOST_WARM_UP_STEPS = 100;
  private static final int MOST_SEQUENCES = 1 << 16;
  private static final int USUAL_LENGTH = 256;
  static final int LONGEST = 1 << 17;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "200",
      description = "Steps of the whole run (default: ${DEFAULT-VALUE}).")
  private long steps;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "8",
      description = "Sequences that pass together (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--seq",
      paramLabel = "N",
      description = "Tokens of a sequence (default: 256, or what the model takes).")
  private Integer sequenceLength;

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
      names = "--lr",
      paramLabel = "RATE",
      defaultValue = "1e-3",
      description = "Highest learning rate (default: ${DEFAULT-VALUE}).")
  private double learningRate;

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
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of the first weights and of the data's order (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--save-every",
      paramLabel = "N",
      description = "Steps from one checkpoint to the next (default: the last alone).")
  private Long saveEvery;

  /** Refuses what is out of its bounds before anything is read. */
  void check() {
    steps();
    optimizer();
    learningRate();
    clip();
  }

  long steps() {
    OptionChecks.requireIn("--steps", steps, 1, Integer.MAX_VALUE);
    return steps;
  }

  /**
   * What a step sees.
   *
   * @param maxPositions tokens of a sequence at most
   */
  TrainingBatch shape(int maxPositions) {
    int most = Math.min(LONGEST, maxPositions);
    int length = sequenceLength == null ? Math.min(USUAL_LENGTH, most) : sequenceLength;
    return shape(batch, length, most, accumulate);
  }

  /**
   * As asked for.
   *
   * @throws InvalidInputException naming the flag that is out of its bounds
   */
  static TrainingBatch shape(int batch, int length, int longest, int accumulate) {
    OptionChecks.requireIn("--batch", batch, 1, MOST_SEQUENCES);
    OptionChecks.requireIn("--accumulate", accumulate, 1, MOST_SEQUENCES);
    OptionChecks.requireIn("--seq", length, 2, longest);
    return new TrainingBatch(length, batch, accumulate);
  }

  OptimizerSettings optimizer() {
    return OptimizerSettings.named("--optimizer", optimizer);
  }

  LearningRate learningRate() {
    OptionChecks.requirePositive("--lr", learningRate);
    return learningRate(LearningRate.Shape.named("--schedule", schedule), learningRate, steps());
  }

  /** With the usual steps to rise in. */
  static LearningRate learningRate(LearningRate.Shape shape, double peak, long steps) {
    long warmUp = Math.min(MOST_WARM_UP_STEPS, steps / WARM_UP_SHARE);
    return new LearningRate(shape, peak, warmUp, steps);
  }

  double clip() {
    OptionChecks.requirePositive("--clip", clip);
    return clip;
  }

  Checkpointing checkpointing() {
    return checkpointing;
  }

  long seed() {
    return seed;
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
    all.put("steps", steps);
    all.put("batch", batch);
    all.put("sequenceLength", shape.sequenceLength());
    all.put("accumulate", accumulate);
    all.put("optimizer", optimizer.toLowerCase(Locale.ROOT));
    all.put("learningRate", learningRate);
    all.put("schedule", schedule.toLowerCase(Locale.ROOT));
    all.put("clip", clip);
    all.put("checkpointing", checkpointing.name().toLowerCase(Locale.ROOT));
    all.put("seed", seed);
    return all;
  }
}
