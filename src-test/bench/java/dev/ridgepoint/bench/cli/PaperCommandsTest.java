package dev.ridgepoint.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.JvmRun;
import dev.ridgepoint.bench.probe.Ceilings;
import dev.ridgepoint.bench.probe.Effort;
import dev.ridgepoint.bench.probe.Host;
import dev.ridgepoint.bench.probe.MachineStore;
import dev.ridgepoint.bench.probe.ProbedMachine;
import dev.ridgepoint.bench.probe.Spread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher starts these in a JVM that has no vectors. */
class PaperCommandsTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "estimate Llama-3.1-8B --device H100 --json",
        "plan train tiny --global-batch 8 --devices 8 --device H100",
        "plan serve tiny --rps 1 --prompt 10 --output 10 --ttft 1 --tpot 1 --device T4",
        "scaling --compute 1e21",
        "devices",
        "inspect ../src-test/model/resources/logits/qwen2-bias/model-f32.gguf",
        "estimate ../src-test/model/resources/logits/qwen2-bias/model-f32.gguf",
        "explain intensity",
        "lesson 1"
      })
  void needNoVectorsAndWarnOfNothing(String line) throws IOException {
    JvmRun run = run(Path.of(""), line);
    assertEquals("", run.err());
    assertEquals(CommandRun.ofLine(line).text(), run.text());
  }

  @Test
  void speakOfThisMachineOnceItWasMeasured() throws IOException {
    Host host = Host.current();
    Spread peak = Spread.of(220e9, 225e9, 230e9);
    Spread bandwidth = Spread.of(30e9, 33e9, 36e9);
    new MachineStore(folder.resolve("ridge-report"))
        .put(
            new ProbedMachine(
                host,
                Effort.QUICK,
                new Ceilings(
                    List.of(new Ceilings.Peak(1, peak)),
                    List.of(new Ceilings.Bandwidth(1, 1L << 30, bandwidth)),
                    Optional.empty(),
                    List.of())));
    JvmRun page = run(folder, "explain roofline");
    assertEquals("", page.err());
    assertTrue(page.text().contains("measured by 'ridge machine'"), page.out());
    assertTrue(page.text().contains("230 GFLOP/s / 36.0 GB/s = 6.39 FLOP/B"), page.out());
    JvmRun right = run(folder, "lesson 3 --answer 6.39");
    assertEquals("", right.err());
    assertTrue(right.text().contains("ridge point = 6.38889 FLOP/B"), right.out());
    assertEquals(1, run(folder, "lesson 3 --answer 6.2").exitCode());
  }

  private static JvmRun run(Path folder, String line) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command =
        new ArrayList<>(
            List.of(java, "-cp", System.getProperty("java.class.path"), Ridge.class.getName()));
    command.addAll(List.of(line.split(" ")));
    return JvmRun.of(folder, command, Map.of("JAVA_TOOL_OPTIONS", "", "JDK_JAVA_OPTIONS", ""));
  }
}
