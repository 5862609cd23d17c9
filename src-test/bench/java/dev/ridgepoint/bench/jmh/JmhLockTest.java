package dev.ridgepoint.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JmhLockTest {
  @TempDir private Path folder;

  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve("jmh.lock");
  }

  @Test
  void aLockThatNobodyHoldsIsFree() throws IOException {
    assertDoesNotThrow(() -> JmhLock.requireFree(file));
    assertDoesNotThrow(() -> JmhLock.requireFree(file));
  }

  @Test
  void theLineNamesTheFileAndWhatHelps() throws IOException {
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      assertTrue(lock.isValid());
      assertRefused(": another JMH measures; ");
    }
    assertDoesNotThrow(() -> JmhLock.requireFree(file));
  }

  /** As of another user: whoever runs the tests may open all files, but no folder. */
  @Test
  void aLockThatCannotBeOpenedIsRefusedToo() throws IOException {
    Files.createDirectory(file);
    assertRefused(": cannot be opened; ");
  }

  private void assertRefused(String reason) {
    String message = assertThrows(IOException.class, () -> JmhLock.requireFree(file)).getMessage();
    assertTrue(message.startsWith(file + reason), message);
    assertTrue(message.contains("-Djmh.ignoreLock=true"), message);
  }
}
