package dev.ridgepoint.bench.cli.run;

import dev.ridgepoint.bench.EngineFormats;
import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.probe.Host;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which model is run, and how. */
final class EngineOptions {
  /** As {@code ridge report} has it. */
  private static final String SYNTHETIC_DTYPE = "bf16";

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "A model folder with config.json and safetensors, a GGUF file, OWNER/NAME in the cache of"
              + " Hugging Face's libraries, or NAME[:TAG] in Ollama's store.")
  private String model;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute (default: one for each core).")
  private Integer threads;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      completionCandidates = EngineFormats.Names.class,
      description =
          "Storage format of the weight matrices: ${COMPLETION-CANDIDATES} (default: as the file"
              + " stores each).")
  private String dtype;

  @Option(
      names = "--kv-dtype",
      paramLabel = "TYPE",
      defaultValue = "f32",
      description =
          "Storage format of cached keys and values: f32, bf16 or q8_0"
              + " (default: ${DEFAULT-VALUE}).")
  private String kvDtype;

  /** Names the model, unless the user did. */
  void setDefaultModel(String name) {
    model = model == null ? name : model;
  }

  /** The model as the user gave it. */
  String model() {
    return model;
  }

  /**
   * Where it lies.
   *
   * @throws InvalidInputException if it is not given, or is nowhere
   */
  Path path() {
    if (model == null) {
      throw new InvalidInputException(
          "--model",
          "is missing: name a model folder, a GGUF file, OWNER/NAME in the cache of Hugging Face's"
              + " libraries or NAME[:TAG] in Ollama's store");
    }
    return ModelSource.withWeights(model);
  }

  int threads() {
    if (threads == null) {
      return Host.current().physicalCores();
    }
    OptionChecks.requireIn("--threads", threads, 1, Runtime.getRuntime().availableProcessors());
    return threads;
  }

  /** What matrices are packed as. */
  MatrixTypes types(Checkpoint checkpoint) {
    return dtype == null
        ? MatrixTypes.stored(checkpoint)
        : MatrixTypes.all(EngineFormats.named("--dtype", dtype, checkpoint.architecture()));
  }

  /** What matrices that are drawn are stored as. */
  DType syntheticDtype(Architecture architecture) {
    return EngineFormats.synthetic(
        "--dtype", dtype == null ? SYNTHETIC_DTYPE : dtype, architecture);
  }

  /** What keys and values are stored as. */
  DType kvDtype(Architecture architecture) {
    return EngineFormats.ofKeysAndValues("--kv-dtype", kvDtype, architecture);
  }
}
