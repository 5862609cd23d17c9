package dev.ridgepoint.estimator.families;

import dev.ridgepoint.estimator.JsonFields;
import dev.ridgepoint.estimator.architecture.Architecture;

/** How the configs of one {@code model_type} are read. */
@FunctionalInterface
interface Family {
  /**
   * @throws dev.ridgepoint.estimator.InvalidInputException for a field of the wrong type
   * @throws IllegalArgumentException for a size that the architecture refuses
   */
  Architecture read(JsonFields json);
}
