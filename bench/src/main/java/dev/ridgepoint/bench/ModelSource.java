package dev.ridgepoint.bench;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.checkpoint.FileHeader;
import dev.ridgepoint.model.checkpoint.StoredModel;
import dev.ridgepoint.model.support.EngineSupport;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** What MODEL on the command line stands for. */
public final class ModelSource {
  private static final String SAFETENSORS = ".safetensors";

  /** An owner and a name, as the Hugging Face Hub spells a repository. */
  private static final Pattern REPOSITORY = Pattern.compile("[A-Za-z0-9][\\w.-]*/([\\w.-]+)");

  private ModelSource() {}

  /**
   * A model that the engine runs: known by name, or from files as {@link StoredModel} reads them.
   *
   * @throws InvalidInputException if it is none of these, the config is malformed, or the engine
   *     lacks what it needs
   */
  public static Architecture runnable(String model) {
    Architecture architecture = named(model).architecture();
    EngineSupport.require(model, architecture);
    return architecture;
  }

  /**
   * As {@link #runnable}, of any architecture that can be counted: all that {@link ConfigReader}
   * reads.
   *
   * @throws InvalidInputException if it is none of these, or the config is malformed
   */
  public static NamedModel named(String model) {
    if (ModelCatalog.has(model)) {
      return NamedModel.of(model, ModelCatalog.get(model));
    }
    Optional<String> known = knownRepository(model);
    if (known.isPresent()) {
      return NamedModel.of(known.get(), ModelCatalog.get(known.get()));
    }
    Path path = existing(model);
    StoredModel stored = StoredModel.read(path);
    return new NamedModel(model, stored.architecture(), stored.formats());
  }

  /**
   * The file or folder that {@code model}, which is not known by name, stands for: a path, or a
   * name in {@link OwnModels} or {@link LocalModels}.
   *
   * @throws InvalidInputException if there is none; names the closest models
   */
  public static Path existing(String model) {
    Optional<Path> found = found(model);
    if (found.isPresent()) {
      return found.get();
    }
    if (!looksLikePath(model)) {
      ModelCatalog.get(model); // refuses it, with the names that it may have meant
    }
    if (REPOSITORY.matcher(model).matches()) {
      throw new InvalidInputException(
          model,
          "no such folder; of a repository of huggingface.co, download config.json"
              + " (https://huggingface.co/%s/resolve/main/config.json) and name that file"
                  .formatted(model));
    }
    throw new InvalidInputException(model, "no such file or folder");
  }

  /**
   * The file or folder of a model that is to be run: of a path, or of a name in {@link OwnModels}
   * or {@link LocalModels}.
   *
   * @throws InvalidInputException if there is none
   */
  public static Path withWeights(String model) {
    return found(model)
        .orElseThrow(
            () ->
                new InvalidInputException(
                    model,
                    "no such file or folder, nor a model in the cache of Hugging Face's libraries"
                        + " or in Ollama's store"));
  }

  /** As {@link #withWeights}, if there is one. */
  public static Optional<Path> found(String model) {
    Path path = path(model);
    return Files.exists(path)
        ? Optional.of(path)
        : OwnModels.find(model).or(() -> LocalModels.find(model));
  }

  /**
   * The known model that a repository of the Hugging Face Hub holds, where no folder is so named.
   */
  private static Optional<String> knownRepository(String model) {
    return Optional.of(REPOSITORY.matcher(model))
        .filter(matcher -> matcher.matches() && !Files.exists(path(model)))
        .map(matcher -> matcher.group(1))
        .filter(ModelCatalog::has);
  }

  /** Whether {@code model} is a safetensors file, or a folder of them, without a config. */
  public static boolean isTensorsAlone(String model) {
    return !ModelCatalog.has(model) && StoredModel.isTensorsAlone(path(model));
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
        || FileHeader.hasGgufName(path(model));
  }
}
