package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.StrictJson;
import dev.ridgepoint.estimator.operation.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Writes a Hugging Face model folder: {@code config.json}, weights and tokenizer. */
public final class CheckpointFolder {
  private static final String CONFIG = "config.json";
  private static final String TOKENIZER = "tokenizer.json";

  /** What belongs to a model and says nothing of its weights. */
  private static final List<String> COMPANIONS =
      List.of(
          TOKENIZER,
          "tokenizer_config.json",
          "tokenizer.model",
          "special_tokens_map.json",
          "vocab.json",
          "merges.txt",
          "chat_template.jinja",
          "generation_config.json");

  private CheckpointFolder() {}

  /**
   * Writes a folder that is there whole or not at all. Without a tokenizer to copy it gets one of
   * bytes, since some engines load no folder without.
   *
   * @param folder must not exist, or be empty
   * @param dtype F32, F16 or BF16: what the matrices are stored as, but for those in blocks of
   *     integers
   * @param integers how those are packed
   * @param original the folder that the model or its tokenizer comes from; what belongs to the
   *     tokenizer is copied, and the config, if it says the same architecture
   * @throws InvalidInputException if the folder is not empty, the family stores its tensors in
   *     another way than Llama, {@code config.json} cannot express the architecture, a number does
   *     not fit its dtype, or the disk has no room
   * @throws IOException if writing fails; nothing is left behind
   */
  public static void write(
      Path folder,
      Architecture architecture,
      DType dtype,
      Optional<IntegerPacking> integers,
      Optional<Path> original,
      List<ExportedWeight> weights,
      Workers workers,
      WriteProgress progress)
      throws IOException {
    requireWritable(folder, architecture);
    Path absolute = folder.toAbsolutePath();
    Files.createDirectories(absolute.getParent());
    Path temporary =
        absolute.resolveSibling(
            "." + absolute.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
    boolean hasTokenizer =
        original.map(origin -> origin.resolve(TOKENIZER)).filter(Files::exists).isPresent();
    String configText =
        original
            .map(origin -> origin.resolve(CONFIG))
            .filter(Files::exists)
            .filter(config -> StoredModel.read(config).architecture().equals(architecture))
            .map(config -> ConfigJson.withDType(StrictJson.readObject(config), dtype))
            .orElseGet(() -> ConfigJson.of(folder.toString(), architecture, dtype, hasTokenizer));
    List<String> plain =
        weights.stream()
            .filter(weight -> isLinear(weight.spec()) && !weight.dtype().isQuantised())
            .map(weight -> weight.spec().name().replaceFirst("\\.weight$", ""))
            .toList();
    String described =
        integers
            .map(packing -> ConfigJson.withIntegers(configText, packing.config(plain)))
            .orElse(configText);
    try {
      Files.createDirectory(temporary);
      Files.writeString(temporary.resolve(CONFIG), described);
      copyCompanions(original, temporary);
      if (Files.notExists(temporary.resolve(TOKENIZER))) {
        Files.writeString(
            temporary.resolve(TOKENIZER), ByteTokenizer.json(architecture.embedding().vocabSize()));
      }
      SafetensorsWriter.write(
          temporary.resolve("model.safetensors"), weights, integers, workers, progress);
      Files.deleteIfExists(absolute); // an empty folder, which not every system replaces
      Files.move(temporary, absolute);
    } finally {
      delete(temporary);
    }
  }

  /**
   * Refuses what {@link #write} would refuse of the place and the model.
   *
   * @throws InvalidInputException if the folder is not empty, or the family stores its tensors in
   *     another way than Llama
   */
  public static void requireWritable(Path folder, Architecture architecture) throws IOException {
    requireNew(folder);
    if (!HuggingFaceNames.of(architecture.modelType()).areLlamas()) {
      throw new InvalidInputException(
          folder.toString(),
          "no Hugging Face folder is written of model_type \"%s\""
              .formatted(architecture.modelType()));
    }
  }

  private static boolean isLinear(TensorSpec spec) {
    return spec.isMatrix() && spec.layer() != Operation.NO_LAYER;
  }

  /**
   * Refuses a model that no {@code config.json} of {@link #write}'s own can express.
   *
   * @param folder for the message
   * @throws InvalidInputException one line that names the model
   */
  public static void requireExpressible(Path folder, Architecture architecture) {
    ConfigJson.of(folder.toString(), architecture, DType.F32, true);
  }

  private static void requireNew(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    if (!Files.isDirectory(folder)) {
      throw new InvalidInputException(
          folder.toString(), "is a file; name a folder, or a file that ends with .gguf");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      if (entries.findAny().isPresent()) {
        throw new InvalidInputException(folder.toString(), "is not empty");
      }
    }
  }

  private static void copyCompanions(Optional<Path> original, Path folder) throws IOException {
    if (original.isPresent()) {
      for (String name : COMPANIONS) {
        Path companion = original.get().resolve(name);
        if (Files.isRegularFile(companion)) {
          Files.copy(companion, folder.resolve(name));
        }
      }
    }
  }

  /** Deletes a folder with all that is in it, if it is there. */
  public static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
