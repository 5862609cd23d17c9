package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.DType;
import java.util.Optional;

/** How a file stores the elements of a tensor. */
public sealed interface StorageType permits SafetensorsDType, GgmlType {
  /** The type's name, as the format's documentation spells it. */
  String name();

  /**
   * Bytes of {@code elements} elements.
   *
   * @throws ArithmeticException beyond what a {@code long} counts, or if the elements do not fill
   *     whole bytes or blocks
   */
  long bytes(long elements);

  /** The engine's type for the same storage, if it has one. */
  Optional<DType> engineDType();
}
