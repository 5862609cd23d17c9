package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.math.BigInteger;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Typed access to a GGUF file's metadata. Whatever is missing or of another kind is an {@link
 * InvalidInputException} that names file, key and value.
 *
 * @param header the file's header
 */
record GgufFields(GgufHeader header) {

  boolean has(String key) {
    return header.entries().containsKey(key);
  }

  String requiredText(String key) {
    return text(key).orElseThrow(() -> missing(key));
  }

  Optional<String> text(String key) {
    return switch (header.entries().get(key)) {
      case null -> Optional.empty();
      case GgufValue.Text text -> Optional.of(text.value());
      case GgufValue other -> throw wrong(key, "a string", other);
    };
  }

  int requiredInt(String key) {
    return optionalInt(key).orElseThrow(() -> missing(key));
  }

  /** An integer of any width, in 0..2^31-1. */
  OptionalInt optionalInt(String key) {
    return switch (header.entries().get(key)) {
      case null -> OptionalInt.empty();
      case GgufValue.Whole whole when isInt(whole.value()) ->
          OptionalInt.of(whole.value().intValueExact());
      case GgufValue other -> throw wrong(key, "an integer of 0..2147483647", other);
    };
  }

  /** As {@link #requiredInt}, but 2^31-1 where it is more: a bound that no engine reaches. */
  int requiredBound(String key) {
    return header.entries().get(key) instanceof GgufValue.Whole(BigInteger value)
            && value.bitLength() >= Integer.SIZE
            && value.signum() > 0
        ? Integer.MAX_VALUE
        : requiredInt(key);
  }

  double requiredDouble(String key) {
    if (!has(key)) {
      throw missing(key);
    }
    return doubleOr(key, Double.NaN);
  }

  double doubleOr(String key, double absent) {
    return switch (header.entries().get(key)) {
      case null -> absent;
      case GgufValue.Real real -> real.value();
      case GgufValue other -> throw wrong(key, "a floating-point number", other);
    };
  }

  boolean booleanOr(String key, boolean absent) {
    return switch (header.entries().get(key)) {
      case null -> absent;
      case GgufValue.Flag flag -> flag.value();
      case GgufValue other -> throw wrong(key, "true or false", other);
    };
  }

  /** How many elements an array has, of the type given. */
  Optional<Long> count(String key, GgufValueType elementType) {
    return switch (header.entries().get(key)) {
      case null -> Optional.empty();
      case GgufValue.Array array when array.elementType() == elementType ->
          Optional.of(array.count());
      case GgufValue other -> throw wrong(key, "an array of " + elementType, other);
    };
  }

  InvalidInputException invalid(String key, String problem) {
    return new InvalidInputException(header.source(), "key \"%s\" %s".formatted(key, problem));
  }

  private InvalidInputException missing(String key) {
    return invalid(key, "is missing");
  }

  private InvalidInputException wrong(String key, String needed, GgufValue value) {
    String kind =
        switch (value) {
          case GgufValue.Whole _, GgufValue.Real _, GgufValue.Flag _ -> value.toString();
          case GgufValue.Text text -> OneLine.quote(text.value());
          case GgufValue.Array _ -> "an array of " + value;
        };
    return invalid(key, "must be %s, but is %s".formatted(needed, kind));
  }

  private static boolean isInt(BigInteger value) {
    return value.signum() >= 0 && value.bitLength() < Integer.SIZE;
  }
}
