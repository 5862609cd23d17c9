package dev.ridgepoint.bench;

import dev.ridgepoint.estimator.HuggingFaceConfig;
import dev.ridgepoint.estimator.InvalidInputException;
import dev.ridgepoint.estimator.ModelConfig;
import dev.ridgepoint.estimator.Presets;
import dev.ridgepoint.estimator.families.ArchitectureReader;
import dev.ridgepoint.estimator.families.KnownModels;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** What MODEL on the command line stands for. */
public final class ModelSource {
  private static final String SAFETENSORS = ".safetensors";

  private ModelSource() {}

  /**
   * The configuration of a preset, a folder, a config file, or a safetensors file with its config
   * beside it.
   *
   * @throws InvalidInputException if it is none of these, or the config is malformed
   */
  public static ModelConfig config(String model) {
    if (Presets.has(model)) {
      return Presets.get(model);
    }
    Path path = path(model);
    if (Files.exists(path)) {
      return HuggingFaceConfig.read(
          model.endsWith(SAFETENSORS) ? path.toAbsolutePath().getParent() : path);
    }
    if (looksLikePath(model)) {
      throw new InvalidInputException(model, "no such file or folder");
    }
    return Presets.get(model);
  }

  /**
   * As {@link #config}, of any architecture that can be counted: all that are known by name, and
   * the configs of all families that {@link ArchitectureReader} reads.
   *
   * @throws InvalidInputException if it is none of these, or the config is malformed
   */
  public static NamedModel architecture(String model) {
    if (Presets.has(model)) {
      return NamedModel.of(model, Presets.get(model));
    }
    Path path = path(model);
    if (!KnownModels.has(model) && Files.exists(path)) {
      return read(model, model.endsWith(SAFETENSORS) ? path.toAbsolutePath().getParent() : path);
    }
    if (looksLikePath(model)) {
      throw new InvalidInputException(model, "no such file or folder");
    }
    return new NamedModel(model, KnownModels.get(model), Optional.empty());
  }

  /** What the engine runs is read by the engine's own reader, which is the stricter one. */
  private static NamedModel read(String model, Path configOrFolder) {
    return HuggingFaceConfig.supported().contains(HuggingFaceConfig.modelType(configOrFolder))
        ? NamedModel.of(model, HuggingFaceConfig.read(configOrFolder))
        : new NamedModel(model, ArchitectureReader.read(configOrFolder), Optional.empty());
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
        || model.endsWith(SAFETENSORS);
  }
}
