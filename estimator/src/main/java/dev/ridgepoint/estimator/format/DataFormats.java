package dev.ridgepoint.estimator.format;

import java.util.Objects;

/**
 * How the large data of a model are stored. Activations are F32 always, as in the engine.
 *
 * @param weights of the matrices, the embedding among them, and of the vectors
 * @param kvCache cached keys and values; a row is one head's
 */
public record DataFormats(WeightFormats weights, Precision kvCache) {
  public DataFormats {
    Objects.requireNonNull(weights, "weights");
    Objects.requireNonNull(kvCache, "kvCache");
  }

  /** All matrices in one format; norm weights and biases are F32, as in the engine. */
  public DataFormats(Precision matrices, Precision kvCache) {
    this(WeightFormats.of(matrices), kvCache);
  }
}
