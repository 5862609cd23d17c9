package dev.ridgepoint.model.training;

import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.optimizers.Adafactor;
import dev.ridgepoint.engine.optimizers.AdamW;
import dev.ridgepoint.engine.optimizers.Momentum;
import dev.ridgepoint.engine.optimizers.Optimizer;
import dev.ridgepoint.engine.training.Parameter;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.List;
import java.util.Locale;

/**
 * An optimizer and its constants.
 *
 * @param kind as the estimator knows it
 * @param beta1 what AdamW's mean of gradients keeps from update to update, and the velocity
 * @param beta2 what AdamW's mean of their squares keeps
 * @param weightDecay share of a matrix's weights, times the learning rate, that an update takes
 *     away
 */
public record OptimizerSettings(
    dev.ridgepoint.estimator.training.Optimizer kind,
    double beta1,
    double beta2,
    double weightDecay) {

  /** The usual constants for language models (Touvron et al. 2023, arXiv:2302.13971). */
  public static OptimizerSettings of(dev.ridgepoint.estimator.training.Optimizer kind) {
    return new OptimizerSettings(kind, 0.9, 0.95, 0.1);
  }

  /**
   * The optimizer of a name.
   *
   * @param source the flag that holds the name
   * @throws InvalidInputException if the engine has none
   */
  public static OptimizerSettings named(String source, String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "adamw" -> of(dev.ridgepoint.estimator.training.Optimizer.ADAMW);
      case "sgd" -> of(dev.ridgepoint.estimator.training.Optimizer.MOMENTUM);
      case "adafactor" -> of(dev.ridgepoint.estimator.training.Optimizer.ADAFACTOR);
      default ->
          throw new InvalidInputException(
              source, "optimizer must be adamw, sgd or adafactor, but is \"%s\"".formatted(name));
    };
  }

  Optimizer of(Workers workers, List<Parameter> parameters) {
    return switch (kind) {
      case ADAMW -> new AdamW(workers, parameters, beta1, beta2, weightDecay);
      case MOMENTUM -> new Momentum(workers, parameters, beta1, weightDecay);
      case ADAFACTOR -> new Adafactor(workers, parameters, weightDecay);
      default -> throw new IllegalArgumentException("the engine has no optimizer " + kind);
    };
  }
}
