package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.EngineFormats;
import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.CheckpointWeights;
import dev.ridgepoint.model.ModelExport;
import dev.ridgepoint.model.SyntheticWeights;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a model for other engines, so that they can be compared on the same weights. */
@Command(
    name = "export",
    description = {
      "Writes a model as a GGUF file, which llama.cpp loads, or as a Hugging Face folder, which"
          + " Jlama and transformers load.",
      "A preset's weights are synthetic, drawn from a seed."
    },
    mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "MODEL",
      description = "A preset's name, a model folder, or a .safetensors or .gguf file.")
  private String model;

  @Option(
      names = "--dtype",
      defaultValue = "bf16",
      completionCandidates = EngineFormats.Names.class,
      description =
          "Storage format of the weight matrices: ${COMPLETION-CANDIDATES}; those in blocks, as"
              + " q8_0, for GGUF only (default: ${DEFAULT-VALUE}).")
  private String dtype;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "TARGET",
      description = "A file that ends with .gguf, or else a folder, new or empty.")
  private String target;

  @Option(
      names = "--joined-latents",
      description =
          "Of DeepSeek's latent attention, the projections to keys and values as one tensor, as"
              + " llama.cpp before build 5130 (April 2025) needs them. Later builds take up more"
              + " memory then.")
  private boolean joinedLatents;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of a preset's weights (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    DType type = EngineFormats.named("--dtype", dtype);
    Path path = ModelSource.path(target);
    if (ModelCatalog.has(model)) {
      write(
          new ModelExport(
              ModelCatalog.get(model), new SyntheticWeights(seed), type, Optional.empty()),
          path);
      return 0;
    }
    Path source = ModelSource.existing(model);
    requireOther(source, path);
    try (Checkpoint checkpoint = Checkpoint.open(source)) {
      write(
          new ModelExport(
              checkpoint.architecture(),
              new CheckpointWeights(checkpoint),
              type,
              Optional.of(checkpoint.origin())),
          path);
    }
    return 0;
  }

  /** Says which tokenizer a folder has. */
  static String remark(String lacking) {
    return "each byte is a token of the folder's tokenizer: " + lacking;
  }

  private void write(ModelExport export, Path path) throws IOException {
    Optional<String> lacking;
    try (Workers workers = new Workers(Runtime.getRuntime().availableProcessors());
        WriteProgressDisplay progress = new WriteProgressDisplay()) {
      if (joinedLatents) {
        export.writeWithJoinedLatents(path, workers, progress);
        lacking = Optional.empty();
      } else {
        lacking = export.write(path, workers, progress);
      }
    }
    PrintWriter err = spec.commandLine().getErr();
    lacking.map(ExportCommand::remark).ifPresent(err::println);
    int unquantised = export.unquantised().size();
    if (unquantised > 0) {
      err.println(
          String.format(
              Locale.ROOT,
              "%d matrices are in F16, their rows being no multiple of %d: %s",
              unquantised,
              export.dtype().blockElements(),
              export.unquantised().getFirst().name() + (unquantised > 1 ? ", ..." : "")));
    }
    err.println("wrote " + path);
    err.flush();
  }

  /** A file must not change while it is mapped. */
  private static void requireOther(Path source, Path target) throws IOException {
    if (Files.exists(target) && Files.isSameFile(source, target)) {
      throw new InvalidInputException("--to", target + " is the model itself");
    }
  }
}
