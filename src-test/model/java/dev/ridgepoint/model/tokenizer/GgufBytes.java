package dev.ridgepoint.model.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes a GGUF file of metadata alone. */
final class GgufBytes {
  private static final int UINT32 = 4;
  private static final int INT32 = 5;
  private static final int FLOAT32 = 6;
  private static final int BOOL = 7;
  private static final int STRING = 8;
  private static final int ARRAY = 9;

  private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
  private int count;

  GgufBytes text(String key, String value) {
    begin(key, STRING);
    string(value);
    return this;
  }

  GgufBytes integer(String key, int value) {
    begin(key, UINT32);
    int32(value);
    return this;
  }

  GgufBytes flag(String key, boolean value) {
    begin(key, BOOL);
    entries.write(value ? 1 : 0);
    return this;
  }

  GgufBytes texts(String key, List<String> values) {
    beginArray(key, STRING, values.size());
    values.forEach(this::string);
    return this;
  }

  GgufBytes integers(String key, int... values) {
    beginArray(key, INT32, values.length);
    for (int value : values) {
      int32(value);
    }
    return this;
  }

  GgufBytes reals(String key, float... values) {
    beginArray(key, FLOAT32, values.length);
    for (float value : values) {
      int32(Float.floatToIntBits(value));
    }
    return this;
  }

  byte[] toByteArray() {
    ByteBuffer file =
        ByteBuffer.allocate(2 * Integer.BYTES + 2 * Long.BYTES + entries.size())
            .order(ByteOrder.LITTLE_ENDIAN);
    return file.put("GGUF".getBytes(StandardCharsets.US_ASCII))
        .putInt(3)
        .putLong(0)
        .putLong(count)
        .put(entries.toByteArray())
        .array();
  }

  private void begin(String key, int type) {
    string(key);
    int32(type);
    count++;
  }

  private void beginArray(String key, int elementType, int elements) {
    begin(key, ARRAY);
    int32(elementType);
    int64(elements);
  }

  private void string(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    int64(utf8.length);
    entries.writeBytes(utf8);
  }

  private void int32(int value) {
    entries.writeBytes(
        ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  private void int64(long value) {
    entries.writeBytes(
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }
}
