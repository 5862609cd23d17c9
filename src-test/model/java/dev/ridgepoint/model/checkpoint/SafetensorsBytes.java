package dev.ridgepoint.model.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.UnaryOperator;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes safetensors files whose header says whatever a test wants. */
final class SafetensorsBytes {
  private SafetensorsBytes() {}

  /** A file of this header and this data. */
  static Path write(Path file, byte[] header, byte[] data) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES + header.length + data.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .put(header)
            .put(data);
    return Files.write(file, bytes.array());
  }

  /** A copy of a file with another header, and more data behind its own. */
  static Path rewrite(Path original, Path copy, UnaryOperator<ObjectNode> header, byte[] more)
      throws IOException {
    byte[] bytes = Files.readAllBytes(original);
    int length = Math.toIntExact(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong());
    int dataBegin = Long.BYTES + length;
    ObjectNode json = JsonMapper.shared().readTree(bytes, Long.BYTES, length).asObject();
    byte[] data = Arrays.copyOfRange(bytes, dataBegin, bytes.length + more.length);
    System.arraycopy(more, 0, data, bytes.length - dataBegin, more.length);
    return write(copy, header.apply(json).toString().getBytes(StandardCharsets.UTF_8), data);
  }

  /** A header of one tensor {@code x}. */
  static String header(String dtype, String shape, long begin, long end) {
    return String.format(
        Locale.ROOT,
        "{\"x\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}}",
        dtype,
        shape,
        begin,
        end);
  }
}
