package dev.ridgepoint.bench.jmh;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The file that JMH locks while it measures, so that no two of it disturb each other. */
public final class JmhLock {
  private static final String IGNORE = "jmh.ignoreLock";

  private JmhLock() {}

  /**
   * Requires what JMH will require, before anything else takes time.
   *
   * @throws IOException naming the file and the option that helps, if another JMH measures or the
   *     file is another user's
   */
  public static void requireFree() throws IOException {
    if (!Boolean.getBoolean(IGNORE)) {
      requireFree(Path.of(System.getProperty("java.io.tmpdir"), "jmh.lock"));
    }
  }

  static void requireFree(Path file) throws IOException {
    boolean isFree;
    IOException cause = null;
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      // Other users' processes lock it, too.
      file.toFile().setWritable(true, false);
      isFree = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      isFree = false;
    } catch (IOException e) {
      isFree = false;
      cause = e;
    }
    if (!isFree) {
      String reason = cause == null ? "another JMH measures" : "cannot be opened";
      throw new IOException(
          "%s: %s; RIDGE_JAVA_OPTS=-D%s=true measures without this lock"
              .formatted(file, reason, IGNORE),
          cause);
    }
  }
}
