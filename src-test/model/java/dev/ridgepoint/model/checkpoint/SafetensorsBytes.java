package dev.ridgepoint.model.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

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
