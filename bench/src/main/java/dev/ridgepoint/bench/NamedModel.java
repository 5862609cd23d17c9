package dev.ridgepoint.bench;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.WeightFormats;
import java.util.Optional;

/**
 * A model to count.
 *
 * @param name as the user gave it
 * @param architecture what costs follow from
 * @param formats in which its file has the weights, if it says so
 */
public record NamedModel(String name, Architecture architecture, Optional<WeightFormats> formats) {
  /** A model in any formats. */
  public static NamedModel of(String name, Architecture architecture) {
    return new NamedModel(name, architecture, Optional.empty());
  }
}
