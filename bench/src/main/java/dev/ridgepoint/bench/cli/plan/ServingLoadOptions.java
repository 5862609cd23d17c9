package dev.ridgepoint.bench.cli.plan;

import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.estimator.serving.ServiceLimits;
import dev.ridgepoint.estimator.serving.ServingLoad;
import java.util.OptionalDouble;
import picocli.CommandLine.Option;

/** What is asked of a deployment, and what it may take. */
final class ServingLoadOptions {
  /** One request in eleven days; the simulation's clock would lose its steps in longer waits. */
  private static final double MIN_RATE = 1e-6;

  private static final double MAX_RATE = 1e9;

  /** The first comes from the prefill, and time per output token needs a second. */
  private static final int MIN_OUTPUT = 2;

  @Option(
      names = "--rps",
      paramLabel = "N",
      required = true,
      description = "Requests per second, in the mean.")
  private double requestsPerSecond;

  @Option(
      names = "--prompt",
      paramLabel = "N",
      required = true,
      description = "Tokens of a request's prompt.")
  private int prompt;

  @Option(
      names = "--output",
      paramLabel = "N",
      required = true,
      description = "Tokens of its answer, at least 2.")
  private int output;

  @Option(
      names = "--ttft",
      paramLabel = "SECONDS",
      required = true,
      description = "Mean time to the first token, at most.")
  private double timeToFirstToken;

  @Option(
      names = "--tpot",
      paramLabel = "SECONDS",
      required = true,
      description = "Mean time per output token, at most.")
  private double timePerOutputToken;

  @Option(
      names = "--utilization",
      paramLabel = "SHARE",
      defaultValue = "0.8",
      description =
          "Share of what a replica could serve, at most: the rest is headroom"
              + " (default: ${DEFAULT-VALUE}).")
  private double utilization;

  @Option(names = "--usd-per-month", paramLabel = "USD", description = "Budget (default: none).")
  private Double usdPerMonth;

  /**
   * The load.
   *
   * @param maxPositions tokens of a sequence that the model takes
   */
  ServingLoad load(int maxPositions) {
    OptionChecks.requireIn("--rps", requestsPerSecond, MIN_RATE, MAX_RATE);
    OptionChecks.requireIn("--prompt", prompt, 1, maxPositions - MIN_OUTPUT);
    OptionChecks.requireIn("--output", output, MIN_OUTPUT, maxPositions - prompt);
    return new ServingLoad(requestsPerSecond, prompt, output);
  }

  /** What it must keep to. */
  ServiceLimits limits() {
    OptionChecks.requirePositive("--ttft", timeToFirstToken);
    OptionChecks.requirePositive("--tpot", timePerOutputToken);
    OptionChecks.requirePositive("--utilization", utilization);
    if (usdPerMonth != null) {
      OptionChecks.requirePositive("--usd-per-month", usdPerMonth);
    }
    return new ServiceLimits(
        timeToFirstToken,
        timePerOutputToken,
        utilization,
        usdPerMonth == null ? OptionalDouble.empty() : OptionalDouble.of(usdPerMonth));
  }
}
