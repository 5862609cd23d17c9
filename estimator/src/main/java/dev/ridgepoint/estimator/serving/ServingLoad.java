package dev.ridgepoint.estimator.serving;

import static dev.ridgepoint.estimator.input.Checks.require;
import static dev.ridgepoint.estimator.input.Checks.requirePositive;

/**
 * What users ask for.
 *
 * @param requestsPerSecond in the mean; they come independently of each other
 * @param promptTokens of each request
 * @param outputTokens of each request, at least 2: the first comes from the prefill
 */
public record ServingLoad(double requestsPerSecond, int promptTokens, int outputTokens) {
  public ServingLoad {
    requirePositive("load", "requestsPerSecond", requestsPerSecond);
    requirePositive("load", "promptTokens", promptTokens);
    require(outputTokens >= 2, "load", "outputTokens", outputTokens, "must be at least 2");
  }

  /** Decode steps that a request takes part in. */
  public int decodeSteps() {
    return outputTokens - 1;
  }
}
