package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.DType;
import java.util.Arrays;
import java.util.List;
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

  /** The engine's type for the same storage, which has the same name, if it has one. */
  default Optional<DType> engineDType() {
    return DType.named(name());
  }

  /** Those of the engine's types that a format has, for messages: {@code F32, F16 or BF16}. */
  static String engineDTypes(StorageType[] formatTypes) {
    List<Optional<DType>> known = Arrays.stream(formatTypes).map(StorageType::engineDType).toList();
    List<String> names =
        Arrays.stream(DType.values())
            .filter(dtype -> known.contains(Optional.of(dtype)))
            .map(DType::name)
            .toList();
    return String.join(", ", names.subList(0, names.size() - 1)) + " or " + names.getLast();
  }
}
