package dev.ridgepoint.bench.cli.train;

import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.probe.Host;
import picocli.CommandLine.Option;

/** How many threads train. */
final class ThreadsOption {
  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute (default: one for each core).")
  private Integer threads;

  int threads() {
    if (threads == null) {
      return Host.current().physicalCores();
    }
    OptionChecks.requireIn("--threads", threads, 1, Runtime.getRuntime().availableProcessors());
    return threads;
  }
}
