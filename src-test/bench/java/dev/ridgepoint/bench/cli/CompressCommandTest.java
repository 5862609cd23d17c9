package dev.ridgepoint.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CompressCommandTest {
  private static final String GGUF = "../src-test/model/resources/logits/llama-gqa/model-f32.gguf";

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "rtn, 4, F32, Q8_0+F16+Q4_0",
    "gptq, 8, F32, Q8_0+F16",
    "awq, 4, F32, Q8_0+F16+Q4_0",
    "smoothquant, , F32, Q8_0+F16",
    "prune, , F32, F32",
    "nm24, , F32, F32"
  })
  void writesAModelAndSaysWhatBecameOfIt(String method, String bits, String from, String to)
      throws IOException {
    Path file = folder.resolve("small.gguf");
    List<String> arguments = new ArrayList<>(List.of(GGUF, "--method", method));
    if (bits != null) {
      arguments.addAll(List.of("--bits", bits));
    }
    arguments.addAll(
        List.of("--windows", "3", "--context", "20", "--json", "--to", file.toString()));
    CommandRun run = run(arguments);
    assertEquals(0, run.exitCode(), run.err());
    assertEquals("wrote " + file, run.err().strip());
    JsonNode json = JsonMapper.shared().readTree(run.out()).get("compress");
    assertEquals(from, json.get("formatBefore").stringValue());
    assertEquals(to, json.get("formatAfter").stringValue());
    assertEquals(14, json.get("tensors").size());
    assertEquals(57, json.get("tokens").intValue());
    assertEquals(6, json.get("expected").size());
    boolean hasBaseline = List.of("gptq", "awq", "smoothquant").contains(method);
    assertEquals(hasBaseline ? 3 : 2, json.get("answers").size());
    JsonNode answers = json.get("answers").get(hasBaseline ? 2 : 1);
    assertTrue(answers.get("divergence").doubleValue() > 0);
    assertTrue(answers.get("agreement").doubleValue() <= 1);
    for (JsonNode change : json.get("changes")) {
      assertTrue(change.get("before").doubleValue() > 0, change.toString());
      assertTrue(change.get("after").doubleValue() > 0, change.toString());
    }
    boolean isSmaller = Files.size(file) < 0.5 * Files.size(Path.of(GGUF));
    assertEquals(bits != null || method.equals("smoothquant"), isSmaller);
    CommandRun again = CommandRun.of("logits", "--model", file.toString(), "--tokens", "1,2");
    assertTrue(again.text().startsWith("after 1: "));
  }

  /** Its embedding and head are F16, as those of the verified model were. */
  @Test
  void writesAFolderOfIntegers() {
    Path target = folder.resolve("packed");
    List<String> arguments =
        List.of(
            GGUF,
            "--method",
            "gptq",
            "--group",
            "-1",
            "--windows",
            "2",
            "--context",
            "9",
            "--json",
            "--to",
            target.toString());
    CommandRun run = run(arguments);
    assertEquals("wrote " + target, run.err().strip());
    JsonNode json = JsonMapper.shared().readTree(run.out()).get("compress");
    assertEquals("F16+Q4_0", json.get("formatAfter").stringValue());
    CommandRun again = CommandRun.of("logits", "--model", target.toString(), "--tokens", "1,2");
    assertEquals(0, again.exitCode(), again.err());
  }

  @Test
  void readsTextsThatAreGiven() throws IOException {
    Path one = Files.writeString(folder.resolve("one.txt"), "hello world ".repeat(20));
    Path two = Files.writeString(folder.resolve("two.txt"), "other words");
    String text =
        run(List.of(
                GGUF,
                "--method",
                "rtn",
                "--windows",
                "2",
                "--calibration",
                one.toString(),
                "--held-out",
                two.toString(),
                "--out",
                folder.toString()))
            .text();
    String page = Files.readString(folder.resolve("compress.html"));
    String json = Files.readString(folder.resolve("compress.json")).strip();
    assertTrue(page.contains(json.replace("<", "\\u003c")));
    assertTrue(text.contains(one.toString()), text);
    assertTrue(text.contains("The 10 of 14 matrices with the greatest error"), text);
    assertTrue(text.indexOf("expected of") < text.indexOf("answers of"), text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--bits 3|--bits: must be 4 or 8, but is 3",
        "--group 128 --to nowhere|nowhere: model.layers.0.self_attn.q_proj.weight cannot be written"
            + " as gptq: it has 64 inputs, no groups of 128",
        "--group 16|--group: must be 32, 64, 128 or -1, but is 16",
        "--method nm24 --group 64|--group: says nothing to 2:4 sparsity",
        "--method prune --bits 4|--bits: says nothing to Wanda pruning",
        "--method nonsense|--method",
        "--sparsity 1.5|--sparsity",
        "--windows 0|--windows",
        "--context 1|--context",
        "--calibration nowhere.txt|nowhere.txt: no such file",
        "--calibration a --held-out a|--held-out"
      })
  void badInputIsNamed(String arguments, String problem) {
    CommandRun.ofLine("compress " + GGUF + " " + arguments).assertBadInput(problem);
  }

  private static CommandRun run(List<String> arguments) {
    List<String> all = new ArrayList<>(List.of("compress"));
    all.addAll(arguments);
    return CommandRun.of(all.toArray(String[]::new));
  }
}
