package dev.ridgepoint.estimator.scaling;

import dev.ridgepoint.estimator.explain.Derivation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A compute-optimal model. Fitted, so fractions of a parameter are meant to be there.
 *
 * @param law whose optimum it is
 * @param trainingFlops the budget C
 * @param parameters N
 * @param tokens D
 * @param loss in nats per token on the law's own data; empty where the law predicts none
 */
public record ComputeOptimum(
    AllocationLaw law,
    double trainingFlops,
    double parameters,
    double tokens,
    OptionalDouble loss) {

  /** D / N. */
  public double tokensPerParameter() {
    return tokens / parameters;
  }

  /**
   * How {@link #parameters} came about.
   *
   * @param formula in the names of {@code constants} and C
   */
  Derivation derivation(String formula, Map<String, Number> constants) {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("C", trainingFlops);
    inputs.putAll(constants);
    return new Derivation(
        "compute-optimal parameters by " + law.name(),
        parameters,
        "parameters",
        formula,
        inputs,
        List.of(),
        law.source());
  }
}
