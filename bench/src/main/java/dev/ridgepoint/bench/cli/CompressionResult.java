package dev.ridgepoint.bench.cli;

import dev.ridgepoint.model.compression.CompressedModel;
import dev.ridgepoint.model.compression.Fidelity;
import dev.ridgepoint.model.compression.TensorFinding;
import java.util.List;
import java.util.Optional;

/**
 * What became of a model that was compressed.
 *
 * @param findings of each matrix; none of a student, which has others
 * @param baseline what is easier than the method, if there is such a thing
 * @param fidelity how close the answers are
 * @param times measured
 * @param steps in which a student was trained; none otherwise
 */
record CompressionResult(
    CompressedModel compressed,
    List<TensorFinding> findings,
    Optional<Baseline> baseline,
    Fidelity fidelity,
    StepTimes times,
    List<TaughtStep> steps) {

  /**
   * What a method is compared to.
   *
   * @param name such as "rounding to nearest"
   * @param fidelity how close its answers are
   */
  record Baseline(String name, Fidelity fidelity) {
    private double loss() {
      return CompressionResult.loss(fidelity);
    }
  }

  /**
   * A training step.
   *
   * @param loss of the next tokens, in nats
   * @param divergence from the teacher, in nats, of distributions softened by the temperature
   * @param baselineLoss of the same student in training without the teacher; null if there is none
   * @param seconds that it took
   */
  record TaughtStep(
      long step, double loss, double divergence, Double baselineLoss, double seconds) {}

  /**
   * The share of the perplexity lost by the baseline that the method does not lose; empty where
   * that loss is less than twice as large as the standard errors of both.
   */
  Optional<Double> recovered() {
    return baseline
        .filter(each -> each.loss() > 2 * error(each.fidelity))
        .map(each -> (each.loss() - loss(fidelity)) / each.loss());
  }

  private double error(Fidelity other) {
    return other.perplexityError() + fidelity.perplexityError();
  }

  private static double loss(Fidelity fidelity) {
    return fidelity.perplexityAfter() - fidelity.perplexityBefore();
  }
}
