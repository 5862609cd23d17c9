package dev.ridgepoint.model.checkpoint;

import java.util.List;

/**
 * A tensor that a decoder needs.
 *
 * @param name its name in the checkpoint
 * @param shape its dimensions, outermost first
 */
public record TensorSpec(String name, List<Long> shape) {
  public TensorSpec {
    shape = List.copyOf(shape);
  }

  /** A vector of {@code size} elements. */
  static TensorSpec vector(String name, long size) {
    return new TensorSpec(name, List.of(size));
  }

  /** The weight of a linear layer, a row per output: [outputs, inputs]. */
  static TensorSpec matrix(String name, long outputs, long inputs) {
    return new TensorSpec(name, List.of(outputs, inputs));
  }
}
