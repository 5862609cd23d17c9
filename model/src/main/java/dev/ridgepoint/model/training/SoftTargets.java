package dev.ridgepoint.model.training;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.training.TrainingStepOperations;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.MatrixTypes;

/**
 * What a student learns besides the next tokens: how likely a teacher finds each token, softened by
 * a temperature (Hinton, Vinyals and Dean 2015, arXiv:1503.02531).
 *
 * @param teacher of the student's vocabulary; the caller's, who closes it after the program
 * @param types what its matrices are packed as
 * @param temperature by which the logits of both are divided, above 0
 * @param alpha the share of what is learnt from the teacher, 0 to 1; the rest is the loss of the
 *     next tokens
 */
public record SoftTargets(
    LoadedModel teacher, MatrixTypes types, double temperature, double alpha) {

  /** How the teacher's caches store keys and values. */
  static final DType KV_TYPE = DType.F32;

  /** The teacher as the estimator lists it. */
  public TrainingStepOperations.Teacher listed() {
    return listed(teacher.architecture(), types);
  }

  /** The same of a teacher that is not loaded. */
  public static TrainingStepOperations.Teacher listed(
      Architecture architecture, MatrixTypes types) {
    return new TrainingStepOperations.Teacher(
        architecture, new DataFormats(types.formats(), Precision.F32));
  }
}
