package dev.ridgepoint.estimator.training;

import static java.lang.Math.ceilDiv;
import static java.lang.Math.multiplyExact;

/**
 * Equal trained tensors, and how tensor parallelism cuts each of them.
 *
 * @param name such as {@code q_proj}
 * @param rows outputs of a matrix, or the elements of a vector
 * @param columns inputs of a matrix, or 1 for a vector
 * @param split the axis that is cut
 * @param units indivisible pieces along that axis, such as heads; 1 if nothing is cut
 * @param copies how many such tensors there are
 */
public record ParameterTensor(
    String name, long rows, long columns, Split split, long units, long copies) {

  /** The axis along which ranks share a tensor. Source: Shoeybi et al. 2019, arXiv:1909.08053. */
  public enum Split {
    /** Every rank holds all of it. */
    NONE,
    /** Outputs are shared: column parallel in the words of the paper. */
    ROWS,
    /** Inputs are shared: row parallel in the words of the paper. */
    COLUMNS
  }

  static ParameterTensor replicated(String name, long elements) {
    return new ParameterTensor(name, elements, 1, Split.NONE, 1, 1);
  }

  static ParameterTensor splitRows(String name, long rows, long columns, long units) {
    return new ParameterTensor(name, rows, columns, Split.ROWS, units, 1);
  }

  static ParameterTensor splitColumns(String name, long rows, long columns, long units) {
    return new ParameterTensor(name, rows, columns, Split.COLUMNS, units, 1);
  }

  /** {@code factor} times as many of them. */
  ParameterTensor times(long factor) {
    return new ParameterTensor(name, rows, columns, split, units, multiplyExact(copies, factor));
  }

  /**
   * What the fullest of {@code ranks} ranks holds. A rank without a unit of its own, as with fewer
   * key/value heads than ranks, holds a copy of one.
   */
  ParameterTensor shard(int ranks) {
    long share = ceilDiv(units, (long) ranks);
    return switch (split) {
      case NONE -> this;
      case ROWS -> new ParameterTensor(name, rows / units * share, columns, split, share, copies);
      case COLUMNS ->
          new ParameterTensor(name, rows, columns / units * share, split, share, copies);
    };
  }

  /** Whether it is a matrix, not a vector. */
  public boolean isMatrix() {
    return rows > 1 && columns > 1;
  }

  /** Elements of one copy. */
  public long elementsOfOne() {
    return multiplyExact(rows, columns);
  }

  /** Elements of all copies. */
  public long elements() {
    return multiplyExact(copies, elementsOfOne());
  }
}
