package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.Optional;

/**
 * What a {@code config.json} says of a model.
 *
 * @param architecture what it is made of
 * @param quantization the {@code quantization_config}, which says how its weights are stored; empty
 *     where they are stored in one data type
 */
public record ModelDescription(Architecture architecture, Optional<JsonFields> quantization) {}
