package dev.ridgepoint.model;

import dev.ridgepoint.engine.PackedMatrix;

/**
 * Where a decoder's weights come from: a checkpoint, or a seed. Tensors go by Hugging Face's names.
 */
public interface WeightSource {
  /** The rows of the matrix {@code name}, {@code [outputs][inputs]}. */
  PackedMatrix.Rows matrix(String name, int outputs, int inputs);

  /** The vector {@code name} of {@code size} elements. */
  float[] vector(String name, int size);
}
