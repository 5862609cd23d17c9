package dev.ridgepoint.estimator.scaling;

import static dev.ridgepoint.estimator.input.Checks.requirePositive;

import dev.ridgepoint.estimator.explain.Derivation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model of another size than the optimum, trained until it is as good: a smaller one costs more
 * training and less of everything afterwards. Solves the fit for D at the optimum's loss. The idea:
 * Sardana et al. 2023, arXiv:2401.00448, section 2.
 *
 * @param fit that both are predicted by
 * @param optimum what it is measured against
 * @param parameters of the model
 * @param tokens until it reaches the optimum's loss
 */
public record OverTraining(
    ChinchillaFit fit, ComputeOptimum optimum, double parameters, double tokens) {

  /**
   * A model of {@code parameters} that reaches the loss of the compute-optimal model for {@code
   * trainingFlops}.
   *
   * @throws dev.ridgepoint.estimator.input.InvalidInputException if it is too small ever to reach
   *     it
   */
  public static OverTraining of(ChinchillaFit fit, double trainingFlops, double parameters) {
    requirePositive("over-training", "parameters", parameters);
    ComputeOptimum optimum = fit.optimum(trainingFlops);
    double tokens = fit.tokensForLoss(parameters, optimum.loss().orElseThrow());
    return new OverTraining(fit, optimum, parameters, tokens);
  }

  /** C = 6ND of this model. */
  public double trainingFlops() {
    return 6 * parameters * tokens;
  }

  /** Extra training compute: 0.2 says a fifth more than the optimum. */
  public double extraComputeShare() {
    return trainingFlops() / optimum.trainingFlops() - 1;
  }

  /**
   * Tokens of inference (2N FLOPs each) after which the smaller model has paid back its training.
   *
   * @return infinity for a model that is not smaller
   */
  public double breakEvenInferenceTokens() {
    double savedPerToken = 2 * (optimum.parameters() - parameters);
    return savedPerToken > 0
        ? Math.max(0, trainingFlops() - optimum.trainingFlops()) / savedPerToken
        : Double.POSITIVE_INFINITY;
  }

  /** Where the tokens come from. */
  public Derivation derivation() {
    Map<String, Number> inputs = new LinkedHashMap<>(fit.constants());
    inputs.put("N", parameters);
    inputs.put("L", optimum.loss().orElseThrow());
    return new Derivation(
        "tokens to the optimum's loss",
        tokens,
        "tokens",
        "(B / (L - E - A/N^alpha))^(1/beta)",
        inputs,
        List.of(),
        fit.source() + ", solved for D");
  }
}
