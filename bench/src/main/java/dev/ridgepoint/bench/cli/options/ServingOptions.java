package dev.ridgepoint.bench.cli.options;

import dev.ridgepoint.estimator.serving.Clients;
import dev.ridgepoint.estimator.serving.ServingEngine;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Who asks a server, and what serves. */
public final class ServingOptions {
  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description =
          "With --serve: clients that each wait for an answer before they ask again"
              + " (default: none, but static batches).")
  private Integer concurrency;

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      defaultValue = "vllm",
      description =
          "With --concurrency: vllm, sglang or trtllm, as each is set up by itself"
              + " (default: ${DEFAULT-VALUE}).")
  private String engine;

  /** The clients, if there are any. */
  public Optional<Clients> clients(int promptTokens, int outputTokens) {
    if (concurrency == null) {
      return Optional.empty();
    }
    OptionChecks.requireIn("--concurrency", concurrency, 1, Clients.MAX_CONCURRENCY);
    return Optional.of(new Clients(concurrency, promptTokens, outputTokens));
  }

  /** What serves them. */
  public ServingEngine engine() {
    return ServingEngine.named("--engine", engine);
  }
}
