package dev.ridgepoint.model.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

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
