package dev.ridgepoint.bench.cli.options;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Texts that are given in files or on the standard input, in UTF-8. */
public final class TextInput {
  /** What stands for the standard input where a text or a file is asked for. */
  public static final String STANDARD_INPUT = "-";

  private static final int MAX_BYTES = 64 << 20;

  private TextInput() {}

  /**
   * All that the standard input holds.
   *
   * @throws InvalidInputException if that is too much, or no UTF-8
   */
  public static String standardInput() throws IOException {
    return text("standard input", System.in);
  }

  /**
   * All that a file holds.
   *
   * @throws InvalidInputException as of {@link #standardInput}, or if there is no such file
   */
  public static String file(Path file) throws IOException {
    if (Files.notExists(file) || Files.isDirectory(file)) {
      throw new InvalidInputException(
          file.toString(), Files.isDirectory(file) ? "is a folder" : "no such file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return text(file.toString(), in);
    }
  }

  private static String text(String source, InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      throw new InvalidInputException(
          source, String.format(Locale.ROOT, "has more than %d bytes", MAX_BYTES));
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidInputException(source, "is not valid UTF-8", e);
    }
  }
}
