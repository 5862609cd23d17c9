package dev.ridgepoint.estimator.format;

import java.util.Objects;

/**
 * How the large data of a model are stored. Activations, norm weights and biases are F32 always, as
 * in the engine.
 *
 * @param weights the matrices, the embedding among them
 * @param kvCache cached keys and values; a row is one head's
 */
public record DataFormats(Precision weights, Precision kvCache) {
  public DataFormats {
    Objects.requireNonNull(weights, "weights");
    Objects.requireNonNull(kvCache, "kvCache");
  }
}
