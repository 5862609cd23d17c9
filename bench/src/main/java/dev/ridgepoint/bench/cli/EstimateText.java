package dev.ridgepoint.bench.cli;

import java.util.Locale;
import java.util.Map;

/** An {@link Estimate} for the terminal. */
final class EstimateText {
  private final StringBuilder text = new StringBuilder();
  private final boolean explain;

  private EstimateText(boolean explain) {
    this.explain = explain;
  }

  /**
   * The table.
   *
   * @param explain adds each number's formula
   */
  static String of(Estimate estimate, boolean explain) {
    EstimateText printer = new EstimateText(explain);
    printer.parameters(estimate);
    printer.sizes(estimate);
    printer.phase("prefill", estimate.prefill());
    estimate.decode().ifPresent(decode -> printer.phase("decode", decode));
    return printer.text.toString();
  }

  private void parameters(Estimate estimate) {
    long total = estimate.parameters().total();
    line(String.format(Locale.ROOT, "%s", estimate.model()));
    line("");
    line(String.format(Locale.ROOT, "%-24s %20s %8s", "parameters", "count", "share"));
    for (Map.Entry<String, Long> component : estimate.parameters().components().entrySet()) {
      long count = component.getValue();
      line(
          String.format(
              Locale.ROOT,
              "  %-22s %,20d %7.1f%%",
              component.getKey(),
              count,
              100.0 * count / total));
    }
    line(String.format(Locale.ROOT, "  %-22s %,20d", "total", total));
    line(String.format(Locale.ROOT, "  %-22s %,20d", "active", estimate.parameters().active()));
    explain("embedding: vocabSize x hiddenSize; head: the same, 0 when tied");
    explain("attention: per layer (heads + 2 kvHeads) x headDim x hiddenSize + heads x headDim x");
    explain("  hiddenSize, and biases; feedForward: per layer 3 x hiddenSize x intermediateSize");
  }

  private void sizes(Estimate estimate) {
    line("");
    line(
        String.format(
            Locale.ROOT,
            "weights (%s): %s",
            estimate.weightFormat(),
            bytes(estimate.weightBytes())));
    explain(
        String.format(
            Locale.ROOT, "matrices in %s, norms and biases in F32", estimate.weightFormat()));
    line(
        String.format(
            Locale.ROOT,
            "KV cache (%s): %,d bytes per token",
            estimate.kvCacheFormat(),
            estimate.kvCacheBytesPerToken()));
    explain("2 x layers x kvHeads x headDim x bytes per element");
  }

  private void phase(String name, Estimate.Phase phase) {
    line("");
    line(
        String.format(
            Locale.ROOT,
            "%s: %d x %d new tokens after %d",
            name,
            phase.batch(),
            phase.newTokens(),
            phase.context()));
    line(
        String.format(
            Locale.ROOT,
            "  %-16s %6s %22s %20s %12s",
            "operation",
            "times",
            "FLOPs",
            "bytes",
            "FLOP/byte"));
    for (Estimate.Operation operation : phase.operations()) {
      line(
          String.format(
              Locale.ROOT,
              "  %-16s %6d %,22d %,20d %12.2f",
              operation.name(),
              operation.count(),
              operation.flops(),
              operation.bytes(),
              operation.intensity()));
    }
    line(
        String.format(
            Locale.ROOT,
            "  %-16s %6s %,22d %,20d %12.2f",
            "total",
            "",
            phase.flops(),
            phase.bytes(),
            phase.intensity()));
    explain(
        String.format(Locale.ROOT, "of the FLOPs %,d are matrix products", phase.matmulFlops()));
    explain(
        String.format(
            Locale.ROOT,
            "bytes: weights %,d, KV read %,d, KV written %,d, activations %,d",
            phase.weightBytes(),
            phase.kvReadBytes(),
            phase.kvWrittenBytes(),
            phase.activationBytes()));
    explain("bytes are compulsory traffic: each weight and cached byte once per step, activations");
    explain("  once in and once out of each operation");
  }

  private void line(String line) {
    text.append(line.stripTrailing()).append(System.lineSeparator());
  }

  private void explain(String formula) {
    if (explain) {
      line("    " + formula);
    }
  }

  private static String bytes(long bytes) {
    return String.format(Locale.ROOT, "%,d bytes (%.3f GB)", bytes, bytes / 1e9);
  }
}
