package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.run.Plan;
import dev.ridgepoint.estimator.DataFormats;
import dev.ridgepoint.estimator.InvalidInputException;
import dev.ridgepoint.estimator.ModelConfig;
import dev.ridgepoint.estimator.Precision;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Counts on paper. */
@Command(
    name = "estimate",
    description =
        "Counts a model's parameters, and the FLOPs and bytes of a prefill and a decode step.",
    mixinStandardHelpOptions = true)
final class EstimateCommand implements Runnable {
  @Parameters(
      paramLabel = "MODEL",
      description =
          "A preset's name, a model folder, its config.json, a .safetensors file in it, or a .gguf"
              + " file.")
  private String model;

  @Option(
      names = "--dtype",
      defaultValue = "bf16",
      description = "Storage format of the weight matrices (default: ${DEFAULT-VALUE}).")
  private String dtype;

  @Option(
      names = "--kv-dtype",
      defaultValue = "f32",
      description = "Storage format of the KV cache (default: ${DEFAULT-VALUE}).")
  private String kvDtype;

  @Option(
      names = "--prompt",
      paramLabel = "N",
      defaultValue = "512",
      description = "Tokens of the prefill (default: ${DEFAULT-VALUE}).")
  private int prompt;

  @Option(
      names = "--context",
      paramLabel = "N",
      defaultValue = "512",
      description = "Tokens cached before the decode step (default: ${DEFAULT-VALUE}).")
  private int context;

  @Option(
      names = "--batch",
      paramLabel = "B",
      defaultValue = "1",
      description = "Sequences in the decode step (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(names = "--explain", description = "Say how each number comes about.")
  private boolean explain;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    ModelConfig config = ModelSource.config(model);
    DataFormats formats =
        new DataFormats(Precision.named("--dtype", dtype), Precision.named("--kv-dtype", kvDtype));
    requireIn("--prompt", prompt, 1, config.maxPositionEmbeddings());
    requireIn("--context", context, 0, config.maxPositionEmbeddings() - 1);
    requireIn("--batch", batch, 1, Plan.MAX_BATCH);
    Estimate estimate = estimate(config, formats);
    Output.print(spec, json ? Output.json(estimate) : EstimateText.of(estimate, explain));
  }

  private Estimate estimate(ModelConfig config, DataFormats formats) {
    try {
      return Estimate.of(model, config, formats, prompt, context, batch);
    } catch (ArithmeticException e) {
      throw new InvalidInputException(
          model,
          "--prompt %d, --context %d, --batch %d: a count passes 2^63"
              .formatted(prompt, context, batch),
          e);
    }
  }

  private static void requireIn(String option, int value, int min, int max) {
    if (value < min || value > max) {
      throw new InvalidInputException(
          option, "must lie in %d..%d, but is %d".formatted(min, max, value));
    }
  }
}
