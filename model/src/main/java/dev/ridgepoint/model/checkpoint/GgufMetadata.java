package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Those metadata of a GGUF file whose keys begin with some prefix, arrays included. Whatever is of
 * another kind than asked for is an {@link InvalidInputException} that names file and key.
 */
public final class GgufMetadata {
  private final String source;
  private final Map<String, Object> values;

  private GgufMetadata(String source, Map<String, Object> values) {
    this.source = source;
    this.values = values;
  }

  /**
   * Reads a file's metadata.
   *
   * @throws InvalidInputException if the file cannot be read or its metadata do not hold
   */
  public static GgufMetadata read(Path path, String prefix) {
    String source = path.toString();
    Map<String, Object> values = new HashMap<>();
    for (byte[] entry : GgufHeader.readEntries(path, prefix)) {
      GgufReader in = new GgufReader(source, MemorySegment.ofArray(entry));
      String key = in.name(() -> "a key");
      Supplier<String> what = () -> "key " + OneLine.quote(key);
      GgufValueType type = in.valueType(what);
      values.put(key, type == GgufValueType.ARRAY ? in.elements(what) : in.value(type, what));
    }
    return new GgufMetadata(source, values);
  }

  /** The file, for messages. */
  public String source() {
    return source;
  }

  /** A string. */
  public Optional<String> text(String key) {
    return value(
        key, "a string", value -> value instanceof GgufValue.Text(String text) ? text : null);
  }

  /** A truth value. */
  public Optional<Boolean> flag(String key) {
    return value(
        key, "true or false", value -> value instanceof GgufValue.Flag(boolean flag) ? flag : null);
  }

  /** An integer of any width, in 0..2^31-1. */
  public Optional<Integer> integer(String key) {
    return value(key, "an integer of 0..2147483647", GgufMetadata::natural);
  }

  /** An array of strings; malformed UTF-8 in them is replaced. */
  public Optional<List<String>> texts(String key) {
    return array(
        key, "an array of strings", value -> value instanceof GgufValue.Text(String t) ? t : null);
  }

  /** An array of integers of any width, of which each fits an {@code int}. */
  public Optional<List<Integer>> integers(String key) {
    return array(key, "an array of integers", GgufMetadata::integer);
  }

  /** An array of floating-point numbers. */
  public Optional<List<Double>> reals(String key) {
    return array(
        key,
        "an array of floating-point numbers",
        value -> value instanceof GgufValue.Real(double real) ? real : null);
  }

  /** A refusal of a key's value. */
  public InvalidInputException invalid(String key, String problem) {
    return new InvalidInputException(source, "key \"%s\" %s".formatted(key, problem));
  }

  private interface Kind<T> {
    /** The value, or null if it is of another kind. */
    T of(GgufValue value);
  }

  private <T> Optional<T> value(String key, String needed, Kind<T> kind) {
    return switch (values.get(key)) {
      case null -> Optional.empty();
      case GgufValue value when kind.of(value) != null -> Optional.of(kind.of(value));
      default -> throw invalid(key, "must be " + needed);
    };
  }

  private <T> Optional<List<T>> array(String key, String needed, Kind<T> kind) {
    return switch (values.get(key)) {
      case null -> Optional.empty();
      case List<?> elements -> {
        List<T> all = new ArrayList<>(elements.size());
        for (Object element : elements) {
          T value = kind.of((GgufValue) element);
          if (value == null) {
            throw invalid(key, "must be " + needed);
          }
          all.add(value);
        }
        yield Optional.of(all);
      }
      default -> throw invalid(key, "must be " + needed);
    };
  }

  private static Integer natural(GgufValue value) {
    Integer integer = integer(value);
    return integer == null || integer < 0 ? null : integer;
  }

  private static Integer integer(GgufValue value) {
    return value instanceof GgufValue.Whole(BigInteger whole) && whole.bitLength() < Integer.SIZE
        ? whole.intValueExact()
        : null;
  }
}
