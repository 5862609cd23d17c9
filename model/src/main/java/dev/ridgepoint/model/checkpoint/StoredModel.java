package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.format.QuantizationConfig;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.StrictJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the files of a model say of it, weights left unread.
 *
 * @param architecture what costs follow from
 * @param formats in which the weights are stored, if the files say so
 */
public record StoredModel(Architecture architecture, Optional<WeightFormats> formats) {
  private static final String CONFIG = "config.json";

  /**
   * Reads a {@code config.json} or {@code params.json}, a folder with one of them, a safetensors
   * file with one beside it, or a model in GGUF: a file, one of its parts, or its folder. A folder
   * whose weights are in GGUF has its architecture of the config, where there is one, and its
   * formats of the weights.
   *
   * @throws InvalidInputException if there is none, or it is malformed
   */
  public static StoredModel read(Path path) {
    if (FileHeader.isGguf(path)) {
      return ofGguf(CheckpointFiles.locate(path));
    }
    if (!Files.isDirectory(path)) {
      return path.toString().endsWith(".safetensors")
          ? read(path.toAbsolutePath().getParent())
          : ofConfig(path);
    }
    Path folder = ModelFolder.of(path);
    if (config(folder).isEmpty() && !CheckpointFiles.hasSafetensors(folder)) {
      return ofGguf(CheckpointFiles.locate(path));
    }
    StoredModel stated = ofConfig(requiredConfig(folder));
    return CheckpointFiles.onlyGguf(folder)
        .map(files -> new StoredModel(stated.architecture, Optional.of(StoredFormats.of(files))))
        .orElse(stated);
  }

  /** Whether {@code path} holds safetensors, and nothing beside them says of what model. */
  public static boolean isTensorsAlone(Path path) {
    if (Files.isDirectory(path)) {
      Path folder = ModelFolder.of(path);
      return config(folder).isEmpty() && CheckpointFiles.hasSafetensors(folder);
    }
    return path.toString().endsWith(".safetensors")
        && Files.isRegularFile(path)
        && !FileHeader.isGguf(path)
        && config(path.toAbsolutePath().getParent()).isEmpty();
  }

  /** The file of a folder that says of what model its weights are. */
  static Optional<Path> config(Path folder) {
    return Optional.of(folder.resolve(CONFIG))
        .filter(Files::exists)
        .or(() -> Optional.of(folder.resolve(MistralParams.NAME)).filter(Files::exists));
  }

  /**
   * As {@link #config}.
   *
   * @throws InvalidInputException if there is none
   */
  static Path requiredConfig(Path folder) {
    return config(folder)
        .orElseThrow(
            () -> new InvalidInputException(folder.resolve(CONFIG).toString(), "no such file"));
  }

  private static StoredModel ofGguf(CheckpointFiles files) {
    try (TensorFiles opened = TensorFiles.open(files)) {
      return new StoredModel(GgufConfig.of(opened), Optional.of(StoredFormats.of(files)));
    }
  }

  private static StoredModel ofConfig(Path file) {
    if (file.endsWith(MistralParams.NAME)) {
      return new StoredModel(MistralParams.read(file), Optional.empty());
    }
    ObjectNode config = StrictJson.readObject(file);
    return new StoredModel(
        ConfigReader.of(file.toString(), config),
        QuantizationConfig.formats(file.toString(), config));
  }
}
