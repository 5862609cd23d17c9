package dev.ridgepoint.bench.cli.options;

import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Which models: by name, from files, or a Llama of given sizes. */
public final class ModelOptions {
  @Parameters(
      paramLabel = "MODEL",
      arity = "0..*",
      description =
          "A known model's name, a model folder, its config.json, a .safetensors file in it, or a"
              + " GGUF file.")
  private List<String> models = new ArrayList<>();

  @Mixin private SizeOptions sizes;

  /**
   * The models, in the order given.
   *
   * @throws InvalidInputException if there is none, or one cannot be read
   */
  public List<NamedModel> models() {
    if (sizes.areGiven() && !models.isEmpty()) {
      throw new InvalidInputException(
          models.getFirst(), "has sizes of its own; leave out MODEL or the flags of sizes");
    }
    if (sizes.areGiven()) {
      return List.of(sizes.model());
    }
    if (models.isEmpty()) {
      throw new InvalidInputException(
          "MODEL", "is missing; name one, or give --hidden, --layers, --heads and --vocab");
    }
    return models.stream().map(ModelSource::named).toList();
  }

  /** The one safetensors file without a config that is given instead of a model, if it is. */
  public Optional<Path> tensorsAlone() {
    return models.size() == 1 && ModelSource.isTensorsAlone(models.getFirst())
        ? Optional.of(ModelSource.path(models.getFirst()))
        : Optional.empty();
  }

  /** The one model that a command works on. */
  public NamedModel model() {
    List<NamedModel> all = models();
    if (all.size() > 1) {
      throw new InvalidInputException(
          all.get(1).name(), "is one MODEL too many; this command takes one");
    }
    return all.getFirst();
  }
}
