package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.input.ClosestNames;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * Models known by name: the two of the lesson on model sizes that this project grew from ({@code
 * tiny} and {@code lesson-0.5B}), and published models under their own names. One resource holds
 * their configs, cut to the fields that {@link ConfigReader} reads, which read as a user's own
 * would be.
 */
public final class ModelCatalog {
  private static final String RESOURCE = "models.json";

  private ModelCatalog() {}

  /** All names, in the order to show them. */
  public static List<String> names() {
    return List.copyOf(configs().propertyNames());
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
    return ConfigReader.of(name, config(name));
  }

  /**
   * The {@code config.json} of a name, in any case of letters.
   *
   * @throws InvalidInputException if there is none; names the closest ones
   */
  public static ObjectNode config(String name) {
    ObjectNode configs = configs();
    return configs.propertyNames().stream()
        .filter(name::equalsIgnoreCase)
        .findFirst()
        .map(known -> (ObjectNode) configs.get(known))
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
    try (InputStream in = ModelCatalog.class.getResourceAsStream(RESOURCE)) {
      return StrictJson.parseObject(
          RESOURCE, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE, e);
    }
  }
}
