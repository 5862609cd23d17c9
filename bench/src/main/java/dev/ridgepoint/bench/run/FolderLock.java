package dev.ridgepoint.bench.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * That one process alone writes into a folder; the system releases it however the process ends. The
 * file stays: to delete it would let a third process lock another file than a second one waits for.
 */
final class FolderLock implements AutoCloseable {
  private final FileChannel channel;

  /**
   * @param folder which exists
   * @throws IOException naming the folder, if another process writes there
   */
  FolderLock(Path folder) throws IOException {
    channel =
        FileChannel.open(
            folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean isFree;
    try {
      isFree = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      isFree = false;
    } catch (IOException e) {
      // A file system without locks.
      isFree = true;
    }
    if (!isFree) {
      channel.close();
      throw new IOException(folder + ": another report is being written there");
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
