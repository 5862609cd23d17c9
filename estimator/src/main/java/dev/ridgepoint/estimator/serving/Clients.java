package dev.ridgepoint.estimator.serving;

import static dev.ridgepoint.estimator.input.Checks.require;
import static dev.ridgepoint.estimator.input.Checks.requirePositive;

/**
 * A closed loop: each client sends a request, waits for its end, and sends the next.
 *
 * @param concurrency clients
 * @param promptTokens of each request
 * @param outputTokens of each request, at least 2: the first comes from the prefill
 */
public record Clients(int concurrency, int promptTokens, int outputTokens) {
  /** More clients than this are not looked at. */
  public static final int MAX_CONCURRENCY = 1 << 16;

  public Clients {
    requirePositive("clients", "concurrency", concurrency);
    requirePositive("clients", "promptTokens", promptTokens);
    require(outputTokens >= 2, "clients", "outputTokens", outputTokens, "must be at least 2");
    Math.addExact(promptTokens, outputTokens);
  }

  /** Decode steps that a request takes part in. */
  int decodeSteps() {
    return outputTokens - 1;
  }

  /** Tokens of a sequence's cache in the mean while it decodes. */
  int meanContext() {
    return promptTokens + outputTokens / 2;
  }
}
