package dev.ridgepoint.model.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** Writes files that are there whole or not at all, however the process ends. */
public final class AtomicOutput {

  /** Writes a file's content. */
  @FunctionalInterface
  public interface Writing {
    void write(FileChannel channel) throws IOException;
  }

  private static final String SUFFIX = ".tmp";

  private AtomicOutput() {}

  /**
   * Writes {@code file}, and replaces what is there; makes its folder where missing. What a process
   * that was killed left of the same file is removed.
   *
   * @throws IOException naming the file, such as when the disk is full
   */
  public static void write(Path file, Writing writing) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    String prefix = "." + file.getFileName() + ".";
    removeLeftovers(folder, prefix);
    // No createTempFile: its files are readable to their owner alone.
    Path temporary = folder.resolve(prefix + ProcessHandle.current().pid() + SUFFIX);
    // If the user ends the program meanwhile.
    temporary.toFile().deleteOnExit();
    try {
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        isLocked(channel);
        writing.write(channel);
      }
      move(temporary, file);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Writes {@code text} in UTF-8, as {@link #write(Path, Writing)} does. */
  public static void write(Path file, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    write(
        file,
        channel -> {
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        });
  }

  /** Whoever writes holds a lock, which the system releases however the process ends. */
  private static void removeLeftovers(Path folder, String prefix) throws IOException {
    List<Path> temporaries;
    try (Stream<Path> files = Files.list(folder)) {
      temporaries = files.filter(file -> isTemporary(file, prefix)).toList();
    }
    for (Path temporary : temporaries) {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        if (isLocked(channel)) {
          Files.deleteIfExists(temporary);
        }
      } catch (NoSuchFileException e) {
        // Its writer has finished.
      } catch (AccessDeniedException e) {
        // Another user's.
      }
    }
  }

  private static boolean isTemporary(Path file, String prefix) {
    String name = file.getFileName().toString();
    return name.startsWith(prefix)
        && name.endsWith(SUFFIX)
        && name.substring(prefix.length(), name.length() - SUFFIX.length()).matches("[0-9]+");
  }

  /** Whether the lock is this channel's now; not all file systems have locks. */
  private static boolean isLocked(FileChannel channel) {
    try {
      return channel.tryLock() != null;
    } catch (IOException | OverlappingFileLockException e) {
      return false;
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
