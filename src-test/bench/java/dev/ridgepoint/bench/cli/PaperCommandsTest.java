package dev.ridgepoint.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.bench.JvmRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher starts these in a JVM that has no vectors. */
class PaperCommandsTest {
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
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command =
        new ArrayList<>(
            List.of(java, "-cp", System.getProperty("java.class.path"), Ridge.class.getName()));
    command.addAll(List.of(line.split(" ")));
    JvmRun run = JvmRun.of(command, Map.of("JAVA_TOOL_OPTIONS", "", "JDK_JAVA_OPTIONS", ""));
    assertEquals("", run.err());
    assertEquals(CommandRun.ofLine(line).text(), run.text());
  }
}
