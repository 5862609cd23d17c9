package dev.ridgepoint.estimator;

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
}
