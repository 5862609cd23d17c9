package dev.ridgepoint.bench;

import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.config.HuggingFaceConfig;
import dev.ridgepoint.estimator.config.KnownModels;
import dev.ridgepoint.estimator.config.ModelConfig;
import dev.ridgepoint.estimator.config.Presets;
import dev.ridgepoint.estimator.format.QuantizationConfig;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.StrictJson;
import dev.ridgepoint.model.checkpoint.FileHeader;
import dev.ridgepoint.model.checkpoint.GgufConfig;
import dev.ridgepoint.model.checkpoint.StoredFormats;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** What MODEL on the command line stands for. */
public final class ModelSource {
  private static final String SAFETENSORS = ".safetensors";

  private ModelSource() {}

  /**
   * The configuration of a preset, a folder, a config file, a GGUF file, or a safetensors file with
   * its config beside it.
   *
   * @throws InvalidInputException if it is none of these, or the config is malformed
   */
  public static ModelConfig config(String model) {
    if (Presets.has(model)) {
      return Presets.get(model);
    }
    Path path = existing(model);
    if (FileHeader.isGguf(path)) {
      return GgufConfig.read(path);
    }
    return HuggingFaceConfig.read(
        model.endsWith(SAFETENSORS) ? path.toAbsolutePath().getParent() : path);
  }

  /**
   * The file or folder that {@code model}, which is no preset, stands for.
   *
   * @throws InvalidInputException if there is none; names the closest presets
   */
  public static Path existing(String model) {
    Path path = path(model);
    if (Files.exists(path)) {
      return path;
    }
    if (!looksLikePath(model)) {
      Presets.get(model); // refuses it, with the names that it may have meant
    }
    throw new InvalidInputException(model, "no such file or folder");
  }

  /**
   * As {@link #config}, of any architecture that can be counted: all that are known by name, and
   * the configs of all families that {@link ConfigReader} reads.
   *
   * @throws InvalidInputException if it is none of these, or the config is malformed
   */
  public static NamedModel architecture(String model) {
    if (Presets.has(model)) {
      return NamedModel.of(model, Presets.get(model));
    }
    if (KnownModels.has(model) || !(Files.exists(path(model)) || looksLikePath(model))) {
      return NamedModel.of(model, KnownModels.get(model));
    }
    Path path = existing(model);
    if (FileHeader.isGguf(path)) {
      return NamedModel.of(model, GgufConfig.read(path))
          .withFormats(Optional.of(StoredFormats.ofGguf(path)));
    }
    return read(model, model.endsWith(SAFETENSORS) ? path.toAbsolutePath().getParent() : path);
  }

  /** Whether {@code model} is a safetensors file without a config beside it. */
  public static boolean isTensorsAlone(String model) {
    if (!model.endsWith(SAFETENSORS)) {
      return false;
    }
    Path path = path(model);
    return Files.isRegularFile(path)
        && !Files.exists(path.toAbsolutePath().resolveSibling("config.json"));
  }

  /**
   * What the engine runs is read by the engine's own reader, which is the stricter one; it runs no
   * weights that others have quantised.
   */
  private static NamedModel read(String model, Path configOrFolder) {
    Path file =
        Files.isDirectory(configOrFolder) ? configOrFolder.resolve("config.json") : configOrFolder;
    ObjectNode config = StrictJson.readObject(file);
    boolean isRun =
        QuantizationConfig.read(file.toString(), config).isEmpty()
            && HuggingFaceConfig.supported().contains(HuggingFaceConfig.modelType(configOrFolder));
    NamedModel named =
        isRun
            ? NamedModel.of(model, HuggingFaceConfig.read(configOrFolder))
            : NamedModel.of(model, ConfigReader.of(file.toString(), config));
    return named.withFormats(QuantizationConfig.formats(file.toString(), config));
  }

  /**
   * A path as the file system takes it.
   *
   * @throws InvalidInputException if it takes no such name
   */
  public static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new InvalidInputException(text, "is no path: " + e.getReason(), e);
    }
  }

  private static boolean looksLikePath(String model) {
    return model.contains("/")
        || model.contains("\\")
        || model.startsWith(".")
        || model.endsWith(".json")
        || model.endsWith(SAFETENSORS)
        || FileHeader.isGguf(path(model));
  }
}
