package dev.ridgepoint.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.JvmRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchCommandTest {
  private static final List<String> LAUNCHERS =
      List.of("-XX:+UseSerialGC", "-XX:MaxNewSize=16m", "-Djmh.ignoreLock=true");

  @TempDir private Path folder;

  /** All at once: no machine was probed, the host has a collector, and every option is given. */
  @Test
  void forksHaveVectorsTheUsersCollectorAndARoof() throws IOException {
    JsonNode result =
        bench(
            "PeakBenchmark -p chains=8 -prof roofline -jvmArgsPrepend -Dx=1"
                + " -jvmArgsAppend -XX:+UseParallelGC");
    double fraction =
        result.at("/secondaryMetrics/roofline.fractionOfRoof/score").asDouble(Double.NaN);
    assertTrue(fraction > 0, result.toString());
    assertTrue(Files.exists(folder.resolve("ridge-report/machine.json")));
    List<String> options = new ArrayList<>();
    result.get("jvmArgs").forEach(option -> options.add(option.asString()));
    assertTrue(options.contains("-Dx=1"));
    assertTrue(options.contains("-XX:+UseParallelGC"));
  }

  @Test
  void forksHaveVectorsWhateverReplacesTheHostsOptions() throws IOException {
    bench("PeakBenchmark -p chains=8 -jvmArgs -Xmx64m -jvmArgsPrepend -Dx=1");
  }

  private JsonNode bench(String line) throws IOException {
    String all = "bench " + line + " -f 1 -wi 0 -i 1 -r 10ms -foe true -rf json -rff result.json";
    JvmRun run = JvmRun.of(folder, Ridge.class.getName(), LAUNCHERS, Map.of(), all.split(" "));
    assertEquals(0, run.exitCode(), run.out() + run.err());
    return JsonMapper.shared().readTree(folder.resolve("result.json").toFile()).get(0);
  }

  @Test
  void aTakenLockIsNoticedBeforeAnythingIsProbed() throws IOException {
    Files.createDirectory(folder.resolve("jmh.lock"));
    for (String line :
        List.of("report --model tiny --quick", "bench PeakBenchmark -prof roofline")) {
      JvmRun run =
          JvmRun.of(
              folder,
              Ridge.class.getName(),
              List.of("-Djava.io.tmpdir=" + folder),
              Map.of(),
              line.split(" "));
      assertEquals(1, run.exitCode());
      assertTrue(run.err().contains("RIDGE_JAVA_OPTS=-Djmh.ignoreLock=true"), run.err());
      assertTrue(Files.notExists(folder.resolve("ridge-report/machine.json")));
    }
  }

  @Test
  void whatMatchesNoBenchmarkIsBadInput() {
    CommandRun.ofLine("bench NoSuchBenchmark").assertBadInput("NoSuchBenchmark");
  }
}
