package dev.ridgepoint.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
    assertEquals(7, json.get("expected").size());
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

  /** Half of everything if no sizes are given; else those; a folder, and a GGUF file. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "small.gguf||1x32, 4 heads",
        "small|--hidden 24 --layers 1 --heads 3 --kv-heads 1 --ffn 40 --tied|1x24, 3 heads"
      })
  void distilsAStudent(String name, String sizes, String student) {
    Path target = folder.resolve(name);
    CommandRun run = distil((sizes == null ? "" : sizes + " ") + "--json --to " + target);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.err().contains("step 10  loss "), run.err());
    assertTrue(run.err().contains("without teacher, step 10  loss "), run.err());
    assertTrue(run.err().strip().endsWith("wrote " + target), run.err());
    JsonNode json = JsonMapper.shared().readTree(run.out()).get("compress");
    assertEquals(student, json.get("student").stringValue());
    assertEquals(12 * 2 * 16, json.get("trainedTokens").intValue());
    assertTrue(json.get("distillingFlops").doubleValue() > 1e6);
    assertFalse(json.has("tensors"));
    assertEquals(12, json.get("steps").size());
    assertTrue(
        json.at("/steps/11/divergence").doubleValue()
            < json.at("/steps/0/divergence").doubleValue());
    assertTrue(json.at("/steps/0/baselineLoss").isNumber());
    assertEquals(3, json.get("answers").size());
    assertTrue(json.at("/changes/0/ratio").doubleValue() < 0.6);
    CommandRun again = CommandRun.of("logits", "--model", target.toString(), "--tokens", "1,2");
    assertEquals(0, again.exitCode(), again.err());
    assertEquals(2, again.out().strip().lines().count());
  }

  /** Without a file, and without what it is compared to. */
  @Test
  void saysWhatItDidNotCompare() {
    CommandRun run = distil("--no-baseline");
    assertEquals(0, run.exitCode(), run.err());
    assertFalse(run.err().contains("without teacher"), run.err());
    String text = run.out().replaceAll("\\s+", " ");
    assertTrue(text.contains("was not trained without it"), text);
    assertTrue(text.contains("distilling into 1x32, 4 heads"), text);
    assertTrue(text.contains("with temperature 1.0 and alpha 0.9"), text);
  }

  private static CommandRun distil(String more) {
    return CommandRun.ofLine(
        "compress "
            + GGUF
            + " --method distil --windows 3 --context 20 --steps 12 --batch 2"
            + " --seq 16 --lr 1e-2 --calibration ../README.md "
            + more);
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

  /** 172 outputs fill no words of 8: the feed-forward stays as it was, and that is said. */
  @Test
  void leavesOutWhatAFolderCannotHold() throws IOException {
    Path teacher = folder.resolve("teacher");
    String sizes = " --hidden 64 --layers 1 --heads 8 --kv-heads 4 --ffn 172 --tied";
    CommandRun made = distil("--no-baseline --to " + teacher + sizes);
    assertEquals(0, made.exitCode(), made.err());
    Path target = folder.resolve("packed");
    CommandRun run =
        CommandRun.ofLine(
            "compress " + teacher + " --method awq --windows 2 --context 9 --to " + target);
    assertEquals("wrote " + target, run.err().strip());
    assertTrue(
        run.out().replaceAll("\\s+", " ").contains("3 matrices are in F16, their rows"), run.out());
    String config = Files.readString(target.resolve("config.json"));
    for (String module : List.of("gate_proj", "up_proj", "down_proj")) {
      assertTrue(config.contains("\"model.layers.0.mlp." + module + "\""), config);
    }
    assertFalse(config.contains("q_proj"), config);
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
        "--steps 5|--steps: says nothing to GPTQ",
        "--method rtn --hidden 16|--hidden: says nothing to rounding to nearest",
        "--method distil --bits 4|--bits: says nothing to distilling",
        "--method distil --temperature 0|--temperature",
        "--method distil --alpha 1.1|--alpha: must lie in 0.0..1.0, but is 1.1",
        "--method distil --steps 0|--steps",
        "--method distil --seq 1|--seq",
        "--method distil --lr 0|--lr",
        "--method distil --hidden 16|--layers: is missing",
        "--method distil --hidden 16 --layers 1 --heads 1 --vocab 9|--vocab: must be 320, the"
            + " teacher's, but is 9",
        "--method distil --hidden 16 --layers 1 --heads 1 --experts 2 --experts-per-token"
            + " 1|experts",
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
