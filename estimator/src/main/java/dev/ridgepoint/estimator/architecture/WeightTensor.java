package dev.ridgepoint.estimator.architecture;

import static java.lang.Math.multiplyExact;

/**
 * Equal weights of one role.
 *
 * @param name the role, such as {@code q_proj}
 * @param component what reports count it under
 * @param rows outputs of a matrix; 1 for a vector
 * @param columns inputs of a matrix; elements of a vector
 * @param isMatrix whether a matrix's storage format applies; vectors are kept in full precision
 * @param copies how many there are, over all layers and experts
 * @param activeCopies how many of them one token passes through
 */
public record WeightTensor(
    String name,
    Component component,
    long rows,
    long columns,
    boolean isMatrix,
    long copies,
    long activeCopies) {

  static WeightTensor matrix(String name, Component component, long rows, long columns) {
    return new WeightTensor(name, component, rows, columns, true, 1, 1);
  }

  static WeightTensor vector(String name, Component component, long elements) {
    return new WeightTensor(name, component, 1, elements, false, 1, 1);
  }

  /** {@code total} copies for each one, of which a token passes {@code active}. */
  WeightTensor times(long total, long active) {
    return new WeightTensor(
        name,
        component,
        rows,
        columns,
        isMatrix,
        multiplyExact(copies, total),
        multiplyExact(activeCopies, active));
  }

  WeightTensor prefixed(String prefix) {
    return new WeightTensor(
        prefix + name, component, rows, columns, isMatrix, copies, activeCopies);
  }

  /** Elements of all copies. */
  public long parameters() {
    return multiplyExact(copies, multiplyExact(rows, columns));
  }

  /** Elements of the copies that one token passes through. */
  public long activeParameters() {
    return multiplyExact(activeCopies, multiplyExact(rows, columns));
  }
}
