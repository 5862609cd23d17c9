package dev.ridgepoint.bench.run;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
  @TempDir private Path folder;

  @Test
  void oneReportAtATimeIsWrittenIntoAFolder() throws IOException {
    try (FolderLock _ = new FolderLock(folder)) {
      IOException second = assertThrows(IOException.class, () -> new FolderLock(folder));
      assertEquals(folder + ": another report is being written there", second.getMessage());
    }
    assertDoesNotThrow(() -> new FolderLock(folder).close());
  }
}
