package dev.ridgepoint.model;

import dev.ridgepoint.engine.PackedMatrix;
import dev.ridgepoint.model.checkpoint.TensorSpec;

/** Where a decoder's weights come from: a checkpoint, or a seed. */
public interface WeightSource {
  /** The rows of a matrix [outputs, inputs]. */
  PackedMatrix.Rows matrix(TensorSpec spec);

  /** A vector's elements. */
  float[] vector(TensorSpec spec);

  /** Told that {@code spec} has been read for the last time. */
  default void release(TensorSpec spec) {}
}
