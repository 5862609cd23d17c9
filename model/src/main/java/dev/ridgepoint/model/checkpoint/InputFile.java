package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** A file that the user named, opened for reading; its failures are the user's to see. */
final class InputFile {

  /** Something done with an open file. */
  interface Reading<T> {
    T read(FileChannel channel) throws IOException;
  }

  private InputFile() {}

  /**
   * Opens {@code path}, has it read, and closes it.
   *
   * @throws InvalidInputException if it is no regular file or cannot be read
   */
  static <T> T read(Path path, Reading<T> reading) {
    // Opening a pipe or a device could block, so ask first.
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new InvalidInputException(path.toString(), "not a regular file");
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return reading.read(channel);
    } catch (IOException e) {
      String reason =
          switch (e) {
            case NoSuchFileException _ -> "no such file";
            case AccessDeniedException _ -> "no permission to read";
            default -> "cannot be read: " + OneLine.of(String.valueOf(e.getMessage()));
          };
      throw new InvalidInputException(path.toString(), reason, e);
    }
  }

  /**
   * What is in a folder, in the order of names.
   *
   * @throws InvalidInputException if it cannot be read
   */
  static List<Path> list(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      throw new InvalidInputException(
          folder.toString(), "cannot be read: " + OneLine.of(String.valueOf(e.getMessage())), e);
    }
  }

  /** {@code count} bytes of {@code channel} from {@code position} on. */
  static byte[] bytes(FileChannel channel, long position, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new EOFException("the file became shorter while it was read");
      }
    }
    return buffer.array();
  }
}
