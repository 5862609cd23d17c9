package dev.ridgepoint.bench;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ModelConfig;
import dev.ridgepoint.estimator.format.WeightFormats;
import java.util.Optional;

/**
 * A model to count.
 *
 * @param name as the user gave it
 * @param architecture what costs follow from
 * @param config its configuration if the engine can run it
 * @param formats in which its file has the weights, if it says so
 */
public record NamedModel(
    String name,
    Architecture architecture,
    Optional<ModelConfig> config,
    Optional<WeightFormats> formats) {
  /** A model that the engine can run, in any formats. */
  public static NamedModel of(String name, ModelConfig config) {
    return new NamedModel(name, config.architecture(), Optional.of(config), Optional.empty());
  }

  /** A model that is known on paper alone, in any formats. */
  public static NamedModel of(String name, Architecture architecture) {
    return new NamedModel(name, architecture, Optional.empty(), Optional.empty());
  }

  /** The same in the formats of its file. */
  public NamedModel withFormats(Optional<WeightFormats> stored) {
    return new NamedModel(name, architecture, config, stored);
  }
}
