package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads the fields of one Protocol Buffers message, one after the other. */
final class ProtobufReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final String source;
  private final String message;
  private final ByteBuffer buffer;
  private int wireType;

  /**
   * @param source the file, for messages
   * @param message the message's name
   */
  ProtobufReader(String source, String message, ByteBuffer bytes) {
    this.source = source;
    this.message = message;
    buffer = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Reads the fields of a message. */
  interface Fields {
    /** Takes the value of the field of this number, or passes over it. */
    void field(int number);
  }

  /** Tells {@code fields} of all fields, in their order. */
  void read(Fields fields) {
    try {
      while (buffer.hasRemaining()) {
        long tag = varint();
        wireType = (int) (tag & 7);
        int before = buffer.position();
        fields.field((int) (tag >>> 3));
        if (buffer.position() == before) {
          skip();
        }
      }
    } catch (BufferUnderflowException e) {
      throw new InvalidInputException(source, "ends within its " + message, e);
    }
  }

  /** A number or truth value. */
  long number() {
    require(VARINT);
    return varint();
  }

  /** A 32-bit floating-point number. */
  float real() {
    require(FIXED32);
    return buffer.getFloat();
  }

  /** A text in UTF-8. */
  String text() {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes()).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidInputException(source, message + " has a text that is not UTF-8", e);
    }
  }

  /** A message of the name given. */
  ProtobufReader message(String name) {
    return new ProtobufReader(source, name, bytes());
  }

  /** Bytes. */
  ByteBuffer bytes() {
    require(BYTES);
    long length = varint();
    if (length < 0 || length > buffer.remaining()) {
      throw new BufferUnderflowException();
    }
    ByteBuffer bytes = buffer.slice(buffer.position(), (int) length);
    buffer.position(buffer.position() + (int) length);
    return bytes;
  }

  private void require(int needed) {
    if (wireType != needed) {
      throw invalid();
    }
  }

  private InvalidInputException invalid() {
    return new InvalidInputException(
        source,
        String.format(Locale.ROOT, "%s has a field of the wrong wire type %d", message, wireType));
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = buffer.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new InvalidInputException(source, message + " has a number of more than 64 bits");
  }

  private void skip() {
    switch (wireType) {
      case VARINT -> varint();
      case FIXED64 -> buffer.getLong();
      case BYTES -> bytes();
      case FIXED32 -> buffer.getInt();
      default -> throw invalid();
    }
  }
}
