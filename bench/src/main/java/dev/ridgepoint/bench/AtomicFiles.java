package dev.ridgepoint.bench;

import dev.ridgepoint.model.checkpoint.AtomicOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Writes texts that are there whole or not at all, however the process ends. */
public final class AtomicFiles {
  private AtomicFiles() {}

  /** Writes {@code text} to {@code file}, in UTF-8; makes its folder where missing. */
  public static void write(Path file, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    AtomicOutput.write(
        file,
        channel -> {
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        });
  }
}
