package dev.ridgepoint.model;

import dev.ridgepoint.engine.RowSource;
import dev.ridgepoint.model.checkpoint.TensorSpec;

/** Where a decoder's weights come from: a checkpoint, or a seed. */
public interface WeightSource {
  /** The rows of a matrix [outputs, inputs]. */
  RowSource matrix(TensorSpec spec);

  /** A vector's elements. */
  float[] vector(TensorSpec spec);

  /** Told that {@code spec} has been read for the last time. */
  default void release(TensorSpec spec) {}
}
