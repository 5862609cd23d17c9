package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.input.ClosestNames;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * Architectures known by name: the presets that the engine runs, and published models beyond them,
 * whose configs (the fields that costs depend on) are one resource.
 */
public final class KnownModels {
  private static final String RESOURCE = "known-models.json";

  private KnownModels() {}

  /** All names, presets first. */
  public static List<String> names() {
    List<String> names = new ArrayList<>(Presets.names());
    names.addAll(configs().propertyNames());
    return List.copyOf(names);
  }

  /** Whether {@code name} is known, in any case of letters. */
  public static boolean has(String name) {
    return names().stream().anyMatch(name::equalsIgnoreCase);
  }

  /**
   * The architecture of a name, in any case of letters.
   *
   * @throws InvalidInputException if there is none; names the closest ones
   */
  public static Architecture get(String name) {
    if (Presets.has(name)) {
      return Presets.get(name).architecture();
    }
    ObjectNode configs = configs();
    return configs.propertyNames().stream()
        .filter(name::equalsIgnoreCase)
        .findFirst()
        .map(known -> ConfigReader.of(known, (ObjectNode) configs.get(known)))
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "model",
                    "\"%s\" is not known; the closest are %s"
                        .formatted(
                            StrictJson.cut(name),
                            String.join(", ", ClosestNames.of(name, names())))));
  }

  private static ObjectNode configs() {
    try (InputStream in = KnownModels.class.getResourceAsStream(RESOURCE)) {
      return StrictJson.parseObject(
          RESOURCE, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE, e);
    }
  }
}
