package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Tensor;
import java.util.Locale;

/**
 * A matrix {@code [rows][width]} of F32 that ops read and write: they are bound to it once, while
 * its rows change from step to step.
 */
public final class Activation {
  private final int width;
  private Tensor tensor;

  private Activation(Tensor tensor) {
    width = tensor.size(1);
    this.tensor = tensor;
  }

  /**
   * The tensor as an activation of as many rows in every step; {@link Activations} makes others.
   *
   * @throws IllegalArgumentException if the tensor is no matrix of F32
   */
  public static Activation of(Tensor tensor) {
    if (tensor.dtype() != DType.F32 || tensor.rank() != 2) {
      throw new IllegalArgumentException("an activation is F32[rows, width], but not " + tensor);
    }
    return new Activation(tensor);
  }

  /** Elements of a row. */
  public int width() {
    return width;
  }

  /** The rows of the current step; valid until the next one. */
  public Tensor tensor() {
    return tensor;
  }

  void set(Tensor tensor) {
    this.tensor = tensor;
  }

  int rows() {
    return tensor.size(0);
  }

  void requireWidth(String name, int needed) {
    require(name, rows(), needed);
  }

  void requireRows(String name, int needed) {
    require(name, needed, width);
  }

  private void require(String name, int rows, int columns) {
    if (rows() != rows || width != columns) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%s is %s, but F32[%d, %d] is needed", name, tensor, rows, columns));
    }
  }
}
