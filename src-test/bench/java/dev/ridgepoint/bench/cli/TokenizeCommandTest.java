package dev.ridgepoint.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class TokenizeCommandTest {
  private static final String FOLDER = "../src-test/model/resources/tokenizer/byte-level";
  private static final String GGUF = "../src-test/model/resources/logits/llama-gqa/model-f32.gguf";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {FOLDER, FOLDER + "/tokenizer.json", GGUF})
  void printsIdsWithTheirPieces(String model) {
    JsonNode json = run("--model", model, "hello world", "--json", "--no-special").json();
    assertEquals("hello world", json.get("text").stringValue());
    assertEquals("[257,297,78,261,78,81,75,67]", json.get("ids").toString());
    assertEquals("Ġw", json.at("/pieces/3").stringValue());
    String text = run("--model", model, "hello world", "--no-special").text();
    assertEquals(
        List.of("    257  \"he\"", "257,297,78,261,78,81,75,67"),
        List.of(text.lines().findFirst().orElseThrow(), text.lines().toList().getLast()));
  }

  @Test
  void decodes() {
    assertEquals(
        "hello world",
        run("--model", FOLDER, "--decode", "257,297, 78,261,78,81,75,67").text().strip());
    assertEquals("<|bos|>x", run("--model", FOLDER, "--decode", "317,87").text().strip());
    assertEquals("x", run("--model", FOLDER, "--decode", "317,87", "--no-special").text().strip());
  }

  @Test
  void readsTheStandardInput() {
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream("hello\n".getBytes(StandardCharsets.UTF_8)));
      JsonNode json = run("--model", FOLDER, "-", "--json").json();
      assertEquals("hello\n", json.get("text").stringValue());
      System.setIn(new ByteArrayInputStream(new byte[] {(byte) 0xff}));
      run("--model", FOLDER, "-").assertBadInput("standard input: is not valid UTF-8");
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void writesAMessageByTheChatTemplate() throws IOException {
    run("--model", FOLDER, "--chat", "x").assertBadInput("has no chat template");
    Files.copy(Path.of(FOLDER, "tokenizer.json"), folder.resolve("tokenizer.json"));
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"bos_token\": \"<|bos|>\", \"chat_template\":"
            + " \"{{ bos_token }}{{ messages[0].content }}\"}");
    JsonNode json = run("--model", folder.toString(), "--chat", "x", "--json").json();
    assertEquals("<|bos|>x", json.get("text").stringValue());
    assertEquals("[317,87]", json.get("ids").toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x --decode 1|TEXT",
        "--decode 1,x|--decode",
        "--decode 1,,2|--decode",
        "--decode 100000|100000",
        "--decode -1|-1",
        "--decode 1 --chat|--chat",
      })
  void badInputIsNamed(String arguments, String problem) {
    CommandRun.ofLine("tokenize --model " + FOLDER + " " + arguments).assertBadInput(problem);
  }

  @Test
  void aFileWithoutATokenizerIsRefused() throws IOException {
    run("--model", folder.toString(), "x").assertBadInput("has no tokenizer");
    Path file = Files.writeString(folder.resolve("x.txt"), "x");
    run("--model", file.toString(), "x").assertBadInput("is no model folder");
  }

  private static CommandRun run(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "tokenize";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return CommandRun.of(all);
  }

  @Test
  void whatIsPipedInIsTheText() {
    assertEquals(
        CommandRun.of("tokenize", "--model", FOLDER, "hello world\n", "--json").text(),
        CommandRun.piped("hello world\n", "tokenize", "--model", FOLDER, "--json").text());
    CommandRun.of("tokenize", "--model", FOLDER).assertBadInput("TEXT: give either a text");
  }
}
