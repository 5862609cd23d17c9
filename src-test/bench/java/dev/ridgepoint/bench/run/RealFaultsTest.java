package dev.ridgepoint.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.bench.JvmRun;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * What is kept of measurements when processes are killed and disks are full, as they really are.
 */
class RealFaultsTest {
  private static final int MANY = 100_000;

  @TempDir private Path folder;

  /** Whatever it was doing after that many, mostly it is in the middle of a file. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8, 13, 21, 34})
  void aKilledProcessLosesNothingAndLeavesNothing(int after) throws Exception {
    Path store = folder.resolve("measurements");
    Process process =
        new ProcessBuilder(command(store, MANY))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    int kept = -1;
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        kept = Integer.parseInt(line);
        if (kept + 1 == after) {
          // Unlike the process itself its handle leaves what it has printed to be read.
          assertTrue(process.toHandle().destroyForcibly());
        }
      }
    }
    assertTrue(process.waitFor() != 0 && kept >= after - 1, "it was killed after " + kept);
    assertKept(store, kept + 1);

    int again = kept + 3;
    assertEquals(0, JvmRun.of(command(store, again), Map.of()).exitCode());
    assertKept(store, again);
    assertEquals(again, files(store).size(), () -> files(store).toString());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskTakesOnlyWhatCameAfterIt() throws IOException {
    assumeTrue(canMount(), "needs a mount of its own");
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Path copy = folder.resolve("copy");
    JvmRun run =
        inMounts(
            "mount -t tmpfs -o size=64k tmpfs '%s' && '%s' && cp -r '%s' '%s'"
                .formatted(disk, String.join("' '", command(disk.resolve("m"), 10)), disk, copy));
    assertEquals(0, run.exitCode(), run.err());
    long failures = run.err().lines().filter(line -> line.contains("No space left")).count();
    Path store = copy.resolve("m");
    long kept = IntStream.range(0, 10).filter(i -> !find(store, i).isEmpty()).count();
    assertTrue(kept > 0 && failures > 0, run.err());
    assertEquals(10, kept + failures, run.err());
    assertEquals(kept, files(store).size(), () -> files(store).toString());
  }

  private static boolean canMount() throws IOException {
    try {
      return inMounts("mount -t tmpfs -o size=64k tmpfs /tmp").exitCode() == 0;
    } catch (IOException e) {
      return false; // There is no such command.
    }
  }

  /** A shell that may mount, as any user where the system lets users. */
  private static JvmRun inMounts(String script) throws IOException {
    return JvmRun.of(List.of("unshare", "-rm", "sh", "-c", script), Map.of());
  }

  private static List<String> command(Path store, int count) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(StoreWriter.class.getName(), store.toString(), "" + count));
    return command;
  }

  private static void assertKept(Path store, int count) {
    for (int i = 0; i < count; i++) {
      assertEquals(List.of(StoreWriter.result(i)), find(store, i), "measurement " + i);
    }
  }

  private static List<JsonNode> find(Path store, int i) {
    try {
      return new MeasurementStore(store).find(StoreWriter.key(i));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Path> files(Path store) {
    try (Stream<Path> files = Files.list(store)) {
      return files.toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
