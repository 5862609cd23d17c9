package dev.ridgepoint.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RidgeTest {
  @TempDir private Path folder;

  private record Run(int exitCode, String out, String err) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "--nonsense",
        "machine --nonsense",
        "machine extra",
        "estimate",
        "estimate no-such-model",
        "estimate ./no/such/folder",
        "estimate tiny --dtype int3",
        "estimate tiny --prompt 0",
        "estimate tiny --prompt x",
        "estimate tiny --prompt 1000000",
        "estimate tiny --context -1",
        "estimate tiny --batch 0",
        "inspect",
        "inspect no-such-path",
        "inspect no-such-file.gguf",
        "estimate no-such-file.gguf",
        "logits --model no-such-file.gguf --tokens 1",
        "report --model no-such-model",
        "report --model tiny --dtype q4_0",
        "report --model tiny --threads 0",
        "report --model tiny --threads 1000",
        "report --model tiny --prompt 32,0",
        "report --model tiny --prompt 1000000",
        "report --model tiny --batch x",
        "report --model tiny --batch 2000000000",
        "report --model Llama-3.1-8B --batch 65536",
        "estimate tiny --batch 2000000000",
        "logits",
        "logits --model no-such-folder --tokens 1",
        "peers --size 0",
        "peers --work nonsense",
        "peers --model no-such-model",
        "peers --threads 0",
        "peers --quick", // the tests are built without other engines
        "bench --no-such-jmh-option",
        "bench -f x",
      })
  void badInputIsOneLineAndExitCodeTwo(String line) {
    assertBadInput(run(line.isEmpty() ? new String[0] : line.split(" ")));
  }

  @Test
  void badFilesAreOneLineAndExitCodeTwo() throws IOException {
    Path config = Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"gpt9\"}");
    assertBadInput(run("estimate", config.toString()));
    assertBadInput(run("estimate", folder.toString()));
    Files.writeString(config, "{");
    assertBadInput(run("estimate", config.toString()));
    Path weights = Files.write(folder.resolve("model.safetensors"), new byte[] {1, 2, 3});
    assertBadInput(run("inspect", weights.toString()));
  }

  @Test
  void anIoFailureIsOneLineAndExitCodeOne() throws Exception {
    CommandLine commandLine = Ridge.commandLine();
    StringWriter err = new StringWriter();
    commandLine.setErr(new PrintWriter(err, true));
    int exitCode =
        commandLine
            .getExecutionExceptionHandler()
            .handleExecutionException(new NoSuchFileException("missing.json"), commandLine, null);
    assertEquals(1, exitCode);
    assertEquals("ridge: missing.json: no such file", err.toString().strip());
  }

  @Test
  void aDefectKeepsItsStackTrace() throws Exception {
    CommandLine commandLine = Ridge.commandLine();
    StringWriter err = new StringWriter();
    commandLine.setErr(new PrintWriter(err, true));
    int exitCode =
        commandLine
            .getExecutionExceptionHandler()
            .handleExecutionException(new IllegalStateException("defect"), commandLine, null);
    assertEquals(1, exitCode);
    assertTrue(err.toString().contains("RidgeTest.aDefectKeepsItsStackTrace"), err.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "report", "machine", "estimate", "inspect", "logits", "peers", "bench"})
  void everyCommandHasHelp(String command) {
    Run run = command.isEmpty() ? run("--help") : run(command, "--help");
    assertEquals(0, run.exitCode, run.err);
    assertTrue(run.out.startsWith("Usage: ridge"), run.out);
  }

  @Test
  void estimatePrintsJson() {
    Run run =
        run(
            "estimate",
            "Qwen2.5-0.5B",
            "--prompt",
            "32",
            "--context",
            "7",
            "--batch",
            "4",
            "--json");
    assertEquals(0, run.exitCode, run.err);
    JsonNode json = JsonMapper.shared().readTree(run.out);
    assertEquals(494_032_768L, json.at("/parameters/total").asLong());
    assertEquals(494_032_768L, json.at("/parameters/active").asLong());
    long components = 0;
    for (JsonNode component : json.at("/parameters/components")) {
      components += component.asLong();
    }
    assertEquals(494_032_768L, components);
    assertEquals(24 * 2 * 2 * 64 * 4, json.at("/kvCacheBytesPerToken").asLong());
    assertTrue(json.at("/weightBytes").asLong() > 2 * 494_032_768L);
    assertEquals(32, json.at("/prefill/newTokens").asInt());
    assertEquals(4, json.at("/decode/batch").asInt());
    assertEquals(7, json.at("/decode/context").asInt());
    for (String phase : List.of("/prefill", "/decode")) {
      long flops = 0;
      long bytes = 0;
      for (JsonNode operation : json.at(phase + "/operations")) {
        flops += operation.get("flops").asLong();
        bytes += operation.get("bytes").asLong();
      }
      assertEquals(flops, json.at(phase + "/flops").asLong());
      assertEquals(bytes, json.at(phase + "/bytes").asLong());
      assertEquals((double) flops / bytes, json.at(phase + "/intensity").asDouble());
    }
  }

  @Test
  void estimatePrintsATableAndExplainsIt() {
    Run table = run("estimate", "Qwen2.5-0.5B");
    assertEquals(0, table.exitCode, table.err);
    assertTrue(table.out.contains("494,032,768"), table.out);
    Run explained = run("estimate", "Qwen2.5-0.5B", "--explain");
    assertTrue(explained.out.contains("vocabSize x hiddenSize"), explained.out);
    assertTrue(explained.out.length() > table.out.length());
  }

  @Test
  void readsGgufFiles() {
    String file = "../src-test/model/resources/logits/qwen2-bias/model-f32.gguf";
    Run inspected = run("inspect", file);
    assertEquals(0, inspected.exitCode, inspected.err);
    assertTrue(inspected.out.contains("general.architecture: qwen2"), inspected.out);
    assertTrue(inspected.out.contains("tokenizer.ggml.tokens: 320 x STRING"), inspected.out);
    assertTrue(inspected.out.contains("26 tensors, 85,568 parameters (85,568 F32)"), inspected.out);
    Run estimated = run("estimate", file, "--prompt", "8", "--context", "8", "--json");
    assertEquals(0, estimated.exitCode, estimated.err);
    JsonNode json = JsonMapper.shared().readTree(estimated.out);
    assertEquals(85_568, json.at("/parameters/total").asLong());
    Run logits = run("logits", "--model", file, "--tokens", "1,2");
    assertEquals(0, logits.exitCode, logits.err);
    assertEquals(2, logits.out.lines().count());
  }

  @Test
  void benchKnowsTheShortNameOfTheProfiler() {
    String name = "dev.ridgepoint.bench.jmh.RooflineProfiler";
    assertEquals(
        List.of("-prof", name, "-prof", name + ":machine=m.json", "-prof", "gc", "roofline"),
        BenchCommand.withCanonicalProfiler(
            List.of(
                "-prof",
                "roofline",
                "-prof",
                "roofline:machine=m.json",
                "-prof",
                "gc",
                "roofline")));
  }

  private static void assertBadInput(Run run) {
    assertEquals(2, run.exitCode, run.err);
    assertEquals(1, run.err.lines().count(), run.err);
    assertTrue(run.err.startsWith("ridge: "), run.err);
    assertEquals("", run.out);
  }

  private static Run run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine =
        Ridge.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err, true));
    int exitCode = commandLine.execute(arguments);
    return new Run(exitCode, out.toString(), err.toString());
  }
}
