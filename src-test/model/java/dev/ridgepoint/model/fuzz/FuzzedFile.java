package dev.ridgepoint.model.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.TestResources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What any bytes must lead to, within 2 s: a result, or one line that names the file. */
final class FuzzedFile {
  private static final int SECONDS = 2;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private FuzzedFile() {}

  /** Makes something of a file. */
  interface Reading {
    Object read(Path file);
  }

  static void assertReadOrRefused(Path file, byte[] bytes, Reading reading) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long seconds = seconds(file, reading);
    if (seconds >= SECONDS) {
      // Once more, when its classes are loaded and instrumented.
      seconds = seconds(file, reading);
      assertTrue(seconds < SECONDS, bytes.length + " bytes took " + seconds + " s");
    }
  }

  /** Of the thread's processor time: others on this machine are no reason to fail. */
  private static long seconds(Path file, Reading reading) {
    long start = THREADS.getCurrentThreadCpuTime();
    try {
      assertNotNull(reading.read(file));
    } catch (InvalidInputException e) {
      assertEquals(1, e.getMessage().lines().count(), e.getMessage());
      assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    }
    return TimeUnit.NANOSECONDS.toSeconds(THREADS.getCurrentThreadCpuTime() - start);
  }

  /** The files of a folder of test resources, at any depth, whose path ends so. */
  static Stream<byte[]> resources(String folder, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(TestResources.path(folder))) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList().stream()
          .map(FuzzedFile::bytes);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
