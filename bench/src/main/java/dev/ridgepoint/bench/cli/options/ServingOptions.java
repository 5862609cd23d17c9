package dev.ridgepoint.bench.cli.options;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.serving.Clients;
import dev.ridgepoint.estimator.serving.ServingEngine;
import dev.ridgepoint.estimator.serving.ServingLayout;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Who asks a server, and what serves. */
public final class ServingOptions {
  private static final int MAX_DEVICES = 1024;

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

  @Option(
      names = "--ep",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "With --serve: devices that have whole experts of their own; with more than --tp, groups"
              + " of --tp attend to requests of their own (default: ${DEFAULT-VALUE}).")
  private int expertParallel;

  /** How devices share the model. */
  public ServingLayout layout(int tensorParallel) {
    OptionChecks.requireIn("--tp", tensorParallel, 1, MAX_DEVICES);
    OptionChecks.requireIn("--ep", expertParallel, 1, MAX_DEVICES);
    if (tensorParallel % expertParallel != 0 && expertParallel % tensorParallel != 0) {
      throw new InvalidInputException(
          "--ep",
          String.format(
              Locale.ROOT,
              "must be a multiple or a divisor of --tp %d, but is %d",
              tensorParallel,
              expertParallel));
    }
    return new ServingLayout(tensorParallel, expertParallel);
  }

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
