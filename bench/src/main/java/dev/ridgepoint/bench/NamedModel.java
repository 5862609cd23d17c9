package dev.ridgepoint.bench;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ModelConfig;
import java.util.Optional;

/**
 * A model to count.
 *
 * @param name as the user gave it
 * @param architecture what costs follow from
 * @param config its configuration if the engine can run it
 */
public record NamedModel(String name, Architecture architecture, Optional<ModelConfig> config) {
  /** A model that the engine can run. */
  public static NamedModel of(String name, ModelConfig config) {
    return new NamedModel(name, config.architecture(), Optional.of(config));
  }
}
