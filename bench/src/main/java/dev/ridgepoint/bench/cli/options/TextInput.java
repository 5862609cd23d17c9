package dev.ridgepoint.bench.cli.options;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Texts that are given in files or on the standard input, in UTF-8. */
public final class TextInput {
  /** What stands for the standard input where a text or a file is asked for. */
  public static final String STANDARD_INPUT = "-";

  private static final int MAX_BYTES = 64 << 20;

  /** Longer than a program before the pipe takes to start writing. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  // The kind of a file among the bits of its mode (POSIX.1, sys/stat.h).
  private static final int KIND = 0xF000;
  private static final int CHARACTER_DEVICE = 0x2000;
  private static final int REGULAR_FILE = 0x8000;

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
   * What is piped into the program or redirected to it, where nobody said what to read: nothing of
   * a terminal, nor of what holds blanks alone or has been closed. As whoever started the program
   * may have left a pipe open that nobody writes to, nothing is what has not begun after 2 seconds.
   *
   * @throws InvalidInputException as of {@link #standardInput}
   */
  public static Optional<String> piped() throws IOException {
    return isNothing() ? Optional.empty() : piped(System.in, PATIENCE);
  }

  static Optional<String> piped(InputStream in, Duration patience) throws IOException {
    int first = firstByte(in, patience);
    if (first < 0) {
      return Optional.empty();
    }
    InputStream begun = new ByteArrayInputStream(new byte[] {(byte) first});
    return Optional.of(text("standard input", new SequenceInputStream(begun, in)))
        .filter(text -> !text.isBlank());
  }

  /** Or -1 at the end, if there is no such stream, or if it did not come in time. */
  private static int firstByte(InputStream in, Duration patience) {
    CompletableFuture<Integer> first = new CompletableFuture<>();
    // A thread that reads cannot be interrupted.
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                first.complete(in.read());
              } catch (IOException e) {
                first.complete(-1);
              }
            });
    return first.completeOnTimeout(-1, patience.toMillis(), TimeUnit.MILLISECONDS).join();
  }

  /**
   * Whether the standard input is a terminal, nothing, as {@code /dev/null} is, or closed: then the
   * JVM has opened a file of its own in its place.
   */
  private static boolean isNothing() {
    try {
      Path standardInput = Path.of("/dev/stdin");
      int kind = (int) Files.getAttribute(standardInput, "unix:mode") & KIND;
      return kind == CHARACTER_DEVICE
          || (kind == REGULAR_FILE && standardInput.toRealPath().startsWith(javaHome()));
    } catch (IOException | UnsupportedOperationException e) {
      return ProgressBars.isTerminal(); // on another system
    }
  }

  private static Path javaHome() throws IOException {
    return Path.of(System.getProperty("java.home")).toRealPath();
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
