package dev.ridgepoint.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.JvmRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A whole report that is killed, as it really is, while a fork of JMH measures. */
class KilledReportTest {
  private static final long LONG_SECONDS = 120;
  private static final long POLL_MILLIS = 20;

  @TempDir private Path folder;

  @Test
  void keepsWhatWasMeasuredAndLeavesNoForkBehind() throws Exception {
    Process report =
        new ProcessBuilder(command("10m"))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<ProcessHandle> forks = forkOfTheSecondPoint(report);
    assertTrue(report.toHandle().destroyForcibly());
    report.waitFor();
    try {
      for (ProcessHandle fork : forks) {
        fork.onExit().get(LONG_SECONDS, TimeUnit.SECONDS);
      }
    } finally {
      forks.forEach(ProcessHandle::destroyForcibly);
    }
    Map<Path, Integer> kept = measurements();
    assertTrue(!kept.isEmpty());

    JvmRun again = JvmRun.of(command("10s"), Map.of());
    assertEquals(0, again.exitCode(), again.err());
    Map<Path, Integer> after = measurements();
    kept.forEach((file, results) -> assertTrue(after.get(file) >= results, file::toString));
    assertTrue(Files.size(folder.resolve("report.html")) > 0);
    JsonNode json = JsonMapper.shared().readTree(folder.resolve("report.json").toFile());
    assertEquals("q8_0", json.at("/model/kvDtype").asString());
    try (Stream<Path> files = Files.walk(folder)) {
      assertEquals(List.of(), files.filter(file -> file.toString().endsWith(".tmp")).toList());
    }
  }

  /** Waits until a point is kept and the next is being measured. */
  private List<ProcessHandle> forkOfTheSecondPoint(Process report) throws Exception {
    List<ProcessHandle> forks = List.of();
    while (forks.isEmpty() || measurements().isEmpty()) {
      assertTrue(report.isAlive(), "the report ended before it was killed");
      Thread.sleep(POLL_MILLIS);
      forks = report.toHandle().descendants().toList();
    }
    return forks;
  }

  /** How many results each file has; every one must be whole. */
  private Map<Path, Integer> measurements() throws IOException {
    Map<Path, Integer> results = new TreeMap<>();
    Path store = folder.resolve("measurements");
    if (Files.isDirectory(store)) {
      try (Stream<Path> files = Files.list(store)) {
        for (Path file : files.filter(each -> each.toString().endsWith(".json")).toList()) {
          // Beside results of benchmarks there is what is known of the machine.
          JsonNode known = JsonMapper.shared().readTree(Files.readString(file));
          assertTrue(!known.isEmpty(), file::toString);
          if (known.isArray()) {
            results.put(file, known.size());
          }
        }
      }
    }
    return results;
  }

  private List<String> command(String time) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-Djmh.ignoreLock=true",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.ridgepoint.bench.cli.Ridge"));
    command.addAll(
        List.of("report", "--model", "tiny", "--quick", "--threads", "1", "--time", time));
    command.addAll(List.of("--kv-dtype", "q8_0", "--out", folder.toString()));
    return command;
  }
}
