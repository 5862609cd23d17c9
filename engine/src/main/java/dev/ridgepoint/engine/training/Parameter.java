package dev.ridgepoint.engine.training;

import dev.ridgepoint.engine.Tensor;

/**
 * What is trained: F32 numbers with their gradient.
 *
 * @param value {@code [rows][columns]} of a matrix, {@code [elements]} of a vector
 * @param gradient as value; backward operations add to it
 */
public record Parameter(Tensor value, Tensor gradient) {
  /** {@code count} rows, or elements of a vector, from {@code first} on. */
  public Parameter rows(int first, int count) {
    return new Parameter(value.rows(first, count), gradient.rows(first, count));
  }

  public boolean isMatrix() {
    return value.rank() == 2;
  }

  /** Numbers that it has. */
  public long elements() {
    return value.elements();
  }
}
