package dev.ridgepoint.model.compression;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.training.Checkpointing;
import dev.ridgepoint.estimator.training.EngineTrainingMemory;
import dev.ridgepoint.estimator.training.Optimizer;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.estimator.training.TrainingMemory;
import dev.ridgepoint.estimator.training.TrainingStepOperations;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.SyntheticWeights;
import dev.ridgepoint.model.training.LearningRate;
import dev.ridgepoint.model.training.OptimizerSettings;
import dev.ridgepoint.model.training.SoftTargets;
import dev.ridgepoint.model.training.TokenDataset;
import dev.ridgepoint.model.training.TrainingProgram;
import java.util.Optional;

/**
 * Distilling (Hinton, Vinyals and Dean 2015, arXiv:1503.02531): a smaller model, the student, is
 * trained from drawn weights to find each next token as likely as a model does, its teacher. How
 * likely the teacher finds the tokens that did not come says more of them than the one that came.
 *
 * <p>In each step both read the same text. The student's loss is {@code (1 - alpha) hard + alpha
 * T^2 soft}: cross-entropy with the tokens that came, and with the teacher's distribution where the
 * logits of both are divided by the temperature T. Of the latter's gradient, a T-th of the
 * difference of two distributions that T has brought nearer to each other, about T^-2 is left: the
 * factor makes up for that.
 *
 * @param student its sizes; its vocabulary is the teacher's
 * @param shape of each step
 * @param learningRate of AdamW, and the number of steps
 * @param temperature T, above 0
 * @param alpha the soft loss's share, 0 to 1
 * @param seed of the student's first weights
 */
public record Distillation(
    Architecture student,
    TrainingBatch shape,
    LearningRate learningRate,
    double temperature,
    double alpha,
    long seed) {

  private static final Checkpointing CHECKPOINTING = Checkpointing.NONE;
  private static final Optimizer OPTIMIZER = Optimizer.ADAMW;
  private static final double LARGEST_NORM = 1;

  /** Told of each step. */
  @FunctionalInterface
  public interface Watcher {
    /** {@code done} steps are made, of which the last did this. */
    void made(long done, TrainingProgram.Result result);
  }

  /**
   * Trains the student.
   *
   * @param teacher of the same vocabulary
   * @param types what its matrices are packed as
   * @param data what both read
   * @return its weights, in F32
   */
  public ModelWeights taught(
      LoadedModel teacher, MatrixTypes types, TokenDataset data, Workers workers, Watcher watcher) {
    SoftTargets targets = new SoftTargets(teacher, types, temperature, alpha);
    return trained(Optional.of(targets), data, workers, watcher);
  }

  /** Trains the same student without a teacher, on the same text in as many steps. */
  public ModelWeights alone(TokenDataset data, Workers workers, Watcher watcher) {
    return trained(Optional.empty(), data, workers, watcher);
  }

  private ModelWeights trained(
      Optional<SoftTargets> targets, TokenDataset data, Workers workers, Watcher watcher) {
    try (TrainingProgram program =
        new TrainingProgram(
            student,
            shape,
            CHECKPOINTING,
            OptimizerSettings.of(OPTIMIZER),
            new SyntheticWeights(seed),
            targets,
            workers,
            Meter.NONE)) {
      for (long step = 0; step < learningRate.steps(); step++) {
        double rate = learningRate.at(step);
        watcher.made(step + 1, program.step(data.batches(step), rate, LARGEST_NORM));
      }
      return ModelWeights.read(student, program.weights());
    }
  }

  /**
   * FLOPs of a step, as the estimator lists them and the engine meters.
   *
   * @param teacher none of the student alone
   */
  public long flopsPerStep(Optional<TrainingStepOperations.Teacher> teacher) {
    return TrainingStepOperations.of(student, shape, CHECKPOINTING, OPTIMIZER, teacher)
        .costs(shape)
        .stream()
        .mapToLong(entry -> entry.cost().flops())
        .reduce(0, Math::addExact);
  }

  /** Bytes of the student and its training, without the teacher. */
  public long bytes() {
    return EngineTrainingMemory.of(student, shape, CHECKPOINTING, OPTIMIZER).items().stream()
        .mapToLong(TrainingMemory.Item::bytes)
        .reduce(0, Math::addExact);
  }
}
