package dev.ridgepoint.model.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicOutputTest {
  @TempDir private Path folder;

  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve("report.json");
  }

  @Test
  void whatFailsNamesTheFileAndLeavesWhatWasThere() throws IOException {
    write("old");
    IOException failure =
        assertThrows(
            IOException.class,
            () ->
                AtomicOutput.write(
                    file,
                    channel -> {
                      channel.write(ByteBuffer.wrap(new byte[3]));
                      throw new IOException("No space left on device");
                    }));
    assertEquals(file + ": No space left on device", failure.getMessage());
    assertEquals("old", Files.readString(file));
    assertEquals(Set.of("report.json"), names());
  }

  @Test
  void whatAKilledProcessLeftGoesWithTheNextWrite() throws IOException {
    Files.writeString(folder.resolve(".report.json.999999999.tmp"), "half");
    Files.writeString(folder.resolve(".other.json.999999999.tmp"), "half");
    Files.writeString(folder.resolve(".report.json.mine.tmp"), "the user's");
    write("new");
    assertEquals(
        Set.of("report.json", ".other.json.999999999.tmp", ".report.json.mine.tmp"), names());
  }

  @Test
  void whatAnotherProcessIsWritingStays() throws IOException {
    Path theirs = folder.resolve(".report.json.999999999.tmp");
    try (FileChannel channel =
        FileChannel.open(theirs, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.lock();
      write("ours");
      assertEquals(Set.of("report.json", theirs.getFileName().toString()), names());
    }
  }

  private void write(String text) throws IOException {
    AtomicOutput.write(file, channel -> channel.write(ByteBuffer.wrap(text.getBytes(UTF_8))));
  }

  private Set<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(each -> each.getFileName().toString()).collect(Collectors.toSet());
    }
  }
}
