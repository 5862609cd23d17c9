package dev.ridgepoint.bench.cli.train;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.training.Checkpointing;
import dev.ridgepoint.estimator.training.Optimizer;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.estimator.training.TrainingStepOperations;
import java.util.Locale;

/**
 * How long a size is trained.
 *
 * @param hiddenSize of the model
 * @param flopsPerStep as the estimator lists them, which the engine meters
 * @param steps that come nearest to the budget
 */
record IsoFlopPlan(
    int hiddenSize, NamedModel model, TrainingBatch shape, long flopsPerStep, long steps) {
  static final Checkpointing CHECKPOINTING = Checkpointing.NONE;
  static final Optimizer OPTIMIZER = Optimizer.ADAMW;

  /** So that whole steps miss the budget by a twentieth at most. */
  private static final int FEWEST_STEPS = 10;

  /**
   * Of one size.
   *
   * @throws InvalidInputException if the budget is too small or too large for it
   */
  static IsoFlopPlan of(int hiddenSize, IsoFlopResults.Settings settings, TrainingBatch shape) {
    NamedModel model = IsoFlopSizes.model(hiddenSize, settings.vocabulary());
    long flopsPerStep =
        TrainingStepOperations.of(model.architecture(), shape, CHECKPOINTING, OPTIMIZER)
            .costs(shape)
            .stream()
            .mapToLong(entry -> entry.cost().flops())
            .sum();
    double steps = Math.rint(settings.flops() / flopsPerStep);
    if (steps < FEWEST_STEPS || steps > Integer.MAX_VALUE) {
      throw new InvalidInputException(
          "--flops",
          String.format(
              Locale.ROOT,
              "%.3g are %.3g steps of hidden size %d, but must be %d..%d",
              settings.flops(),
              steps,
              hiddenSize,
              FEWEST_STEPS,
              Integer.MAX_VALUE));
    }
    return new IsoFlopPlan(hiddenSize, model, shape, flopsPerStep, (long) steps);
  }

  long tokens() {
    return steps * shape.microBatchTokens();
  }

  double flops() {
    return (double) steps * flopsPerStep;
  }
}
