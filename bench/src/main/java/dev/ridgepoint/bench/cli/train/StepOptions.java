package dev.ridgepoint.bench.cli.train;

import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.model.training.LearningRate;
import picocli.CommandLine.Option;

/** How many steps are made, what each sees, and how far it goes. */
public final class StepOptions {
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
      description = "Training steps of the whole run (default: ${DEFAULT-VALUE}).")
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
      names = "--lr",
      paramLabel = "RATE",
      defaultValue = "1e-3",
      description = "Highest learning rate (default: ${DEFAULT-VALUE}).")
  private double learningRate;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of the first weights and of the data's order (default: ${DEFAULT-VALUE}).")
  private long seed;

  /** How many. */
  public long steps() {
    OptionChecks.requireIn("--steps", steps, 1, Integer.MAX_VALUE);
    return steps;
  }

  /**
   * What a step sees.
   *
   * @param maxPositions tokens of a sequence at most
   * @param accumulate batches whose gradients are added up
   * @throws InvalidInputException naming the flag that is out of its bounds
   */
  public TrainingBatch shape(int maxPositions, int accumulate) {
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

  /** Of each step. */
  public LearningRate learningRate(LearningRate.Shape shape) {
    OptionChecks.requirePositive("--lr", learningRate);
    return learningRate(shape, learningRate, steps());
  }

  /** With the usual steps to rise in. */
  static LearningRate learningRate(LearningRate.Shape shape, double peak, long steps) {
    long warmUp = Math.min(MOST_WARM_UP_STEPS, steps / WARM_UP_SHARE);
    return new LearningRate(shape, peak, warmUp, steps);
  }

  /** Of the first weights and of the data's order. */
  public long seed() {
    return seed;
  }

  int batch() {
    return batch;
  }

  double highestRate() {
    return learningRate;
  }
}
