package dev.ridgepoint.model.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Collects the metadata entries of a GGUF file as its bytes. */
final class GgufMetadataWriter {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int entries;

  /** Entries so far. */
  int entries() {
    return entries;
  }

  /** The entries' bytes. */
  byte[] toByteArray() {
    return bytes.toByteArray();
  }

  GgufMetadataWriter text(String key, String value) {
    begin(key, GgufValueType.STRING);
    string(bytes, value);
    return this;
  }

  /** A UINT32, as which llama.cpp wants all sizes. */
  GgufMetadataWriter size(String key, int value) {
    begin(key, GgufValueType.UINT32);
    int32(bytes, value);
    return this;
  }

  /** A FLOAT32, as which llama.cpp wants all fractions. */
  GgufMetadataWriter real(String key, double value) {
    begin(key, GgufValueType.FLOAT32);
    int32(bytes, Float.floatToRawIntBits((float) value));
    return this;
  }

  GgufMetadataWriter flag(String key, boolean value) {
    begin(key, GgufValueType.BOOL);
    bytes.write(value ? 1 : 0);
    return this;
  }

  GgufMetadataWriter texts(String key, List<String> values) {
    beginArray(key, GgufValueType.STRING, values.size());
    values.forEach(value -> string(bytes, value));
    return this;
  }

  /** An array of INT32. */
  GgufMetadataWriter integers(String key, int[] values) {
    beginArray(key, GgufValueType.INT32, values.length);
    for (int value : values) {
      int32(bytes, value);
    }
    return this;
  }

  /** An array of FLOAT32. */
  GgufMetadataWriter reals(String key, float[] values) {
    beginArray(key, GgufValueType.FLOAT32, values.length);
    for (float value : values) {
      int32(bytes, Float.floatToRawIntBits(value));
    }
    return this;
  }

  /** An entry as it was in another file, from its key on. */
  GgufMetadataWriter copied(byte[] entry) {
    bytes.writeBytes(entry);
    entries++;
    return this;
  }

  private void begin(String key, GgufValueType type) {
    string(bytes, key);
    int32(bytes, type.id());
    entries++;
  }

  private void beginArray(String key, GgufValueType elementType, int count) {
    begin(key, GgufValueType.ARRAY);
    int32(bytes, elementType.id());
    int64(bytes, count);
  }

  /** Appends a string: its length as 64 bits, then its UTF-8. */
  static void string(ByteArrayOutputStream out, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int64(out, utf8.length);
    out.writeBytes(utf8);
  }

  static void int32(ByteArrayOutputStream out, int value) {
    out.writeBytes(
        ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  static void int64(ByteArrayOutputStream out, long value) {
    out.writeBytes(
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }
}
