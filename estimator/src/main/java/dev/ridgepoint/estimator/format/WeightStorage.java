package dev.ridgepoint.estimator.format;

import dev.ridgepoint.estimator.architecture.Component;
import java.util.Map;
import java.util.Objects;

/** How many bytes a model's matrices take. */
@FunctionalInterface
public interface WeightStorage {

  /**
   * Bytes of a matrix of {@code component}, scales and indices included.
   *
   * @throws ArithmeticException beyond 2^63
   */
  long matrixBytes(Component component, long rows, long columns);

  /** All matrices in one format. */
  static WeightStorage of(Precision precision) {
    Objects.requireNonNull(precision, "precision");
    return (component, rows, columns) -> precision.matrixBytes(rows, columns);
  }

  /** The matrices of some components in formats of their own, all others in {@code otherwise}. */
  static WeightStorage of(Map<Component, Precision> precisions, Precision otherwise) {
    Map<Component, Precision> formats = Map.copyOf(precisions);
    return (component, rows, columns) ->
        formats.getOrDefault(component, otherwise).matrixBytes(rows, columns);
  }

  /**
   * Matrices of which a part of the elements is left out, wherever it is: one bit per element says
   * which are there, and those are stored without gaps. The memory shrinks; no device multiplies
   * such matrices faster by itself.
   *
   * @param precision of the elements that are there
   * @param prunedPercent elements left out, 0 to 100
   * @throws IllegalArgumentException for another percentage
   */
  static WeightStorage pruned(Precision precision, int prunedPercent) {
    if (prunedPercent < 0 || prunedPercent > 100) {
      throw new IllegalArgumentException(
          "prunedPercent must lie in 0..100, but is " + prunedPercent);
    }
    return (component, rows, columns) -> {
      long elements = Math.multiplyExact(rows, columns);
      long kept = Math.ceilDiv(Math.multiplyExact(elements, 100L - prunedPercent), 100L);
      return Math.addExact(Math.ceilDiv(elements, (long) Byte.SIZE), precision.rowBytes(kept));
    };
  }
}
