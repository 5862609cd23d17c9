package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Reads GGUF's primitive values one after the other. No length is believed before the file is known
 * to be that long, so nothing is allocated that the file does not hold.
 */
final class GgufReader {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String source;
  private final MemorySegment file;
  private long position;

  /**
   * @param source the file, for messages
   * @param file all its bytes
   */
  GgufReader(String source, MemorySegment file) {
    this.source = source;
    this.file = file;
  }

  String source() {
    return source;
  }

  /** Bytes read so far. */
  long position() {
    return position;
  }

  /** Bytes not yet read. */
  long remaining() {
    return file.byteSize() - position;
  }

  InvalidInputException invalid(String message) {
    return new InvalidInputException(source, message);
  }

  /**
   * Passes over {@code bytes} bytes and says where they began.
   *
   * @param what the value's name in messages, as for all of these methods
   */
  private long skip(long bytes, Supplier<String> what) {
    if (bytes > remaining()) {
      throw invalid(
          String.format(
              Locale.ROOT, "the file ends within %s, at byte %d", what.get(), file.byteSize()));
    }
    long start = position;
    position += bytes;
    return start;
  }

  long uint32(Supplier<String> what) {
    return Integer.toUnsignedLong(int32(what));
  }

  private byte int8(Supplier<String> what) {
    return file.get(ValueLayout.JAVA_BYTE, skip(Byte.BYTES, what));
  }

  private short int16(Supplier<String> what) {
    return file.get(SHORT, skip(Short.BYTES, what));
  }

  private int int32(Supplier<String> what) {
    return file.get(INT, skip(Integer.BYTES, what));
  }

  private long int64(Supplier<String> what) {
    return file.get(LONG, skip(Long.BYTES, what));
  }

  /** An unsigned 64-bit integer, which must be at most 2^63-1. */
  long uint63(Supplier<String> what) {
    long value = int64(what);
    if (value < 0) {
      throw invalid("%s %s exceeds 2^63-1".formatted(what.get(), Long.toUnsignedString(value)));
    }
    return value;
  }

  /** A number of things of which each takes {@code leastBytes} of the file or more. */
  long count(long leastBytes, Supplier<String> what) {
    long count = int64(what);
    if (Long.compareUnsigned(count, remaining() / leastBytes) > 0) {
      throw invalid(
          String.format(
              Locale.ROOT,
              "%s %s exceeds what the %d bytes left can hold",
              what.get(),
              Long.toUnsignedString(count),
              remaining()));
    }
    return count;
  }

  /** A name: a string of well-formed UTF-8 that is not empty. */
  String name(Supplier<String> what) {
    byte[] bytes = stringBytes(what);
    if (bytes.length == 0) {
      throw invalid("%s is empty".formatted(what.get()));
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidInputException(
          source,
          "%s is not valid UTF-8: %s"
              .formatted(what.get(), OneLine.quote(new String(bytes, StandardCharsets.ISO_8859_1))),
          e);
    }
  }

  private byte[] stringBytes(Supplier<String> what) {
    long length = count(1, () -> "length of " + what.get());
    if (length > Integer.MAX_VALUE - Long.BYTES) {
      throw invalid(String.format(Locale.ROOT, "length of %s %d exceeds 2^31", what.get(), length));
    }
    return file.asSlice(skip(length, what), length).toArray(ValueLayout.JAVA_BYTE);
  }

  GgufValueType valueType(Supplier<String> what) {
    long id = uint32(what);
    return GgufValueType.of(id)
        .orElseThrow(
            () -> invalid(String.format(Locale.ROOT, "%s: unknown value type %d", what.get(), id)));
  }

  GgufValue value(GgufValueType type, Supplier<String> what) {
    return switch (type) {
      case UINT8 -> whole(Byte.toUnsignedInt(int8(what)));
      case INT8 -> whole(int8(what));
      case UINT16 -> whole(Short.toUnsignedInt(int16(what)));
      case INT16 -> whole(int16(what));
      case UINT32 -> whole(uint32(what));
      case INT32 -> whole(int32(what));
      case FLOAT32 -> GgufValue.Real.of(Float.intBitsToFloat(int32(what)));
      case BOOL -> new GgufValue.Flag(bool(what));
      case STRING -> new GgufValue.Text(new String(stringBytes(what), StandardCharsets.UTF_8));
      case ARRAY -> array(what);
      case UINT64 -> new GgufValue.Whole(new BigInteger(Long.toUnsignedString(int64(what))));
      case INT64 -> whole(int64(what));
      case FLOAT64 -> new GgufValue.Real(Double.longBitsToDouble(int64(what)));
    };
  }

  private static GgufValue whole(long value) {
    return new GgufValue.Whole(BigInteger.valueOf(value));
  }

  private boolean bool(Supplier<String> what) {
    byte value = int8(what);
    if (value != 0 && value != 1) {
      throw invalid(
          String.format(Locale.ROOT, "%s must be 0 or 1, but is %d", what.get(), value & 0xff));
    }
    return value == 1;
  }

  private GgufValue array(Supplier<String> what) {
    GgufValueType type = elementType(what);
    long count = elementCount(type, what);
    if (type == GgufValueType.STRING) {
      for (long i = 0; i < count; i++) {
        Supplier<String> element = element(what, i);
        skip(count(1, () -> "length of " + element.get()), element);
      }
    } else {
      skip(count * type.leastBytes(), what);
    }
    return new GgufValue.Array(type, count);
  }

  /** The elements of an array, whose type has been read. */
  List<GgufValue> elements(Supplier<String> what) {
    GgufValueType type = elementType(what);
    long count = elementCount(type, what);
    List<GgufValue> elements = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      elements.add(value(type, element(what, i)));
    }
    return elements;
  }

  private GgufValueType elementType(Supplier<String> what) {
    GgufValueType type = valueType(() -> what.get() + ": elements");
    if (type == GgufValueType.ARRAY) {
      throw invalid("%s is an array of arrays, which is not supported".formatted(what.get()));
    }
    return type;
  }

  private long elementCount(GgufValueType type, Supplier<String> what) {
    return count(type.leastBytes(), () -> what.get() + ": count");
  }

  private static Supplier<String> element(Supplier<String> what, long index) {
    return () -> String.format(Locale.ROOT, "%s[%d]", what.get(), index);
  }
}
