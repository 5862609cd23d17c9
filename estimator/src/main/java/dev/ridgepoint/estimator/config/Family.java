package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.input.JsonFields;

/** How the configs of one {@code model_type} are read. */
@FunctionalInterface
interface Family {
  /**
   * @throws dev.ridgepoint.estimator.input.InvalidInputException for a field of the wrong type
   * @throws IllegalArgumentException for a size that the architecture refuses
   */
  Architecture read(JsonFields json);
}
