package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.DType;

/**
 * How a checkpoint stores a tensor.
 *
 * @param name for people
 * @param dtype in which the engine reads it
 * @param isExact whether that holds all of its numbers as they are
 */
public record Storage(String name, DType dtype, boolean isExact) {
  /** The same where it stands in a place whose tensors may have to be unpacked. */
  Storage read(TensorPlace place) {
    return new Storage(name, place.dtype(dtype), isExact);
  }

  /** In a type that the engine reads. */
  static Storage of(DType dtype) {
    return new Storage(dtype.name(), dtype, true);
  }
}
