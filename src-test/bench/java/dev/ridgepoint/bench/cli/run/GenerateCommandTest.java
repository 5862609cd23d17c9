package dev.ridgepoint.bench.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.cli.CommandRun;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class GenerateCommandTest {
  private static final Path RESOURCES = Path.of("..", "src-test", "model", "resources");
  private static final String GGUF =
      RESOURCES.resolve("logits/llama-gqa/model-f32.gguf").toString();

  @TempDir private Path folder;

  private static CommandRun run(String... arguments) {
    return CommandRun.of(
        Stream.concat(Stream.of("generate"), Arrays.stream(arguments)).toArray(String[]::new));
  }

  private static JsonNode turn(String... arguments) {
    return run(Stream.concat(Arrays.stream(arguments), Stream.of("--json")).toArray(String[]::new))
        .json()
        .at("/turns/0");
  }

  private static List<Integer> ids(JsonNode node) {
    return node.valueStream().map(JsonNode::asInt).toList();
  }

  private static List<Integer> tokenized(String text) {
    return ids(CommandRun.of("tokenize", "--model", GGUF, text, "--json").json().get("ids"));
  }

  private static int argmax(JsonNode row) {
    return IntStream.range(0, row.size())
        .reduce(0, (best, i) -> row.get(i).asDouble() > row.get(best).asDouble() ? i : best);
  }

  /** What {@code ridge logits} has as the likeliest token at each place. */
  @Test
  void eachTokenIsTheLikeliestAfterThoseBefore() {
    JsonNode turn = turn("--model", GGUF, "--prompt", "hello world", "--max-tokens", "20");
    List<Integer> prompt = tokenized("hello world");
    List<Integer> generated = ids(turn.get("ids"));
    assertEquals(prompt.size(), turn.get("promptTokens").asInt());
    String tokens =
        Stream.concat(prompt.stream(), generated.stream())
            .map(String::valueOf)
            .collect(Collectors.joining(","));
    JsonNode logits =
        CommandRun.of("logits", "--model", GGUF, "--tokens", tokens, "--json").json().get("logits");
    for (int i = 0; i < generated.size(); i++) {
      assertEquals(argmax(logits.get(prompt.size() - 1 + i)), generated.get(i), "token " + i);
    }
    assertEquals(generated.size() - 1, turn.at("/decode/steps").asInt());
    assertTrue(turn.at("/prefill/flops").asLong() > 0);
    assertTrue(turn.at("/decode/bytes").asLong() > turn.at("/prefill/bytes").asLong());
  }

  @Test
  void theTextIsThatOfTheTokensOnTheStandardOutputAlone() {
    CommandRun run = run("--model", GGUF, "--prompt", "hello", "--max-tokens", "12");
    assertEquals(0, run.exitCode());
    JsonNode turn = turn("--model", GGUF, "--prompt", "hello", "--max-tokens", "12");
    assertEquals(turn.get("text").stringValue() + System.lineSeparator(), run.out());
    assertTrue(run.err().contains("prefill"), run.err());
    assertTrue(run.err().contains("memory: "), run.err());
  }

  @Test
  void withoutModelAndPromptItTellsAStory() {
    JsonNode story = turn("--max-tokens", "8");
    assertEquals(5, story.get("promptTokens").asInt()); // with the token that begins a text
    assertEquals(
        story.get("ids"), turn("--max-tokens", "8", "--prompt", "Once upon a time").get("ids"));
    String own = turn("--max-tokens", "8", "--prompt", "The fox").get("ids").toString();
    assertNotEquals(story.get("ids").toString(), own);
    String begun = "Once upon a time" + story.get("text").stringValue() + System.lineSeparator();
    assertEquals(begun, run("--max-tokens", "8").out());
  }

  @Test
  void guessesLeaveTheText() {
    String prompt = "one two one two one two one two";
    JsonNode plain = turn("--model", GGUF, "--prompt", prompt, "--max-tokens", "60");
    JsonNode guessed =
        turn("--model", GGUF, "--prompt", prompt, "--max-tokens", "60", "--speculative", "lookup");
    assertEquals(plain.get("ids"), guessed.get("ids"));
    assertFalse(plain.has("speculation"));
    JsonNode speculation = guessed.get("speculation");
    assertTrue(speculation.get("drafted").asInt() >= speculation.get("accepted").asInt());
  }

  /** A copy of the model guesses all that the model says, and takes no part in what that is. */
  @Test
  void aDraftModelLeavesTheText() {
    String[] prompt = {"--model", GGUF, "--prompt", "hello world", "--max-tokens", "7"};
    JsonNode plain = turn(prompt);
    JsonNode guessed =
        turn(
            Stream.concat(
                    Arrays.stream(prompt),
                    Stream.of(
                        "--speculative", "draft", "--draft-model", GGUF, "--draft-tokens", "2"))
                .toArray(String[]::new));
    assertEquals(plain.get("ids"), guessed.get("ids"));
    assertEquals(2, guessed.at("/decode/steps").asInt());
    JsonNode speculation = guessed.get("speculation");
    assertEquals(1, speculation.get("acceptance").asDouble());
    assertEquals(3, speculation.get("tokensPerStep").asDouble());
    assertEquals(3, speculation.get("expectedTokensPerStep").asDouble());
    // The draft's work counts, too.
    assertTrue(guessed.at("/decode/bytes").asLong() > plain.at("/decode/bytes").asLong());
    String shown =
        run("--model", GGUF, "--prompt", "hello", "--speculative", "draft", "--draft-model", GGUF)
            .err();
    assertTrue(shown.contains("of those looked at"), shown);
  }

  @Test
  void aDraftOfAnotherVocabularyIsRefused() throws IOException {
    Path other = Path.of(chatModel());
    Files.writeString(
        other.resolve("tokenizer.json"),
        Files.readString(other.resolve("tokenizer.json")).replace("\"!\"", "\"?!\""));
    run("--model", GGUF, "--prompt", "x", "--speculative", "draft", "--draft-model", folder + "")
        .assertBadInput("--draft-model: " + folder + " has another vocabulary: its token ");
  }

  @Test
  void theSeedDecides() {
    String[] sampled = {
      "--model", GGUF, "--prompt", "hello", "--max-tokens", "30", "--temperature", "1.5", "--seed"
    };
    List<Integer> one = ids(turn(with(sampled, "1")).get("ids"));
    assertEquals(one, ids(turn(with(sampled, "1")).get("ids")));
    assertNotEquals(one, ids(turn(with(sampled, "2")).get("ids")));
  }

  private static String[] with(String[] arguments, String last) {
    return Stream.concat(Arrays.stream(arguments), Stream.of(last)).toArray(String[]::new);
  }

  @Test
  void aStopEndsTheTextBeforeIt() {
    String all =
        turn("--model", GGUF, "--prompt", "hello", "--max-tokens", "20").get("text").stringValue();
    String stop = all.substring(5, 7);
    JsonNode turn =
        turn("--model", GGUF, "--prompt", "hello", "--max-tokens", "20", "--stop", stop);
    assertEquals(all.substring(0, all.indexOf(stop)), turn.get("text").stringValue());
    assertEquals("stop_text", turn.get("finish").stringValue());
  }

  @Test
  void threadsAndCacheFormatsAreHeeded() {
    JsonNode json =
        run(
                "--model",
                GGUF,
                "--prompt",
                "hello",
                "--max-tokens",
                "4",
                "--threads",
                "1",
                "--kv-dtype",
                "bf16",
                "--dtype",
                "f16",
                "--json")
            .json();
    assertEquals(1, json.get("threads").asInt());
    assertEquals("bf16", json.get("kvDtype").stringValue());
    assertEquals("f16", json.get("dtype").stringValue());
    assertEquals(4, json.at("/turns/0/ids").size());
  }

  @Test
  void aFileHoldsThePrompt() throws IOException {
    Path file = Files.writeString(folder.resolve("prompt.txt"), "hello world");
    assertEquals(
        turn("--model", GGUF, "--prompt", "hello world", "--max-tokens", "8").get("ids"),
        turn("--model", GGUF, "--prompt-file", file.toString(), "--max-tokens", "8").get("ids"));
  }

  /** The ids of a turn for what is piped in. */
  private static JsonNode piped(String input, String... arguments) {
    return CommandRun.piped(
            input,
            Stream.of(
                    Stream.of("generate", "--model", GGUF, "--max-tokens", "8", "--json"),
                    Arrays.stream(arguments))
                .flatMap(each -> each)
                .toArray(String[]::new))
        .json()
        .at("/turns/0/ids");
  }

  /** Without the line's end that echo adds. A dash stands for itself there. */
  @ParameterizedTest
  @CsvSource({"hello world, ''", "hello world, '\n'", "hello world, '\r\n'", "-, '\n'"})
  void whatIsPipedInIsThePrompt(String prompt, String end) throws IOException {
    Path file = Files.writeString(folder.resolve("prompt.txt"), prompt);
    JsonNode expected =
        turn("--model", GGUF, "--prompt-file", file.toString(), "--max-tokens", "8").get("ids");
    assertEquals(expected, piped(prompt + end));
    assertEquals(expected, piped(prompt + end, "--prompt", "-"));
  }

  @Test
  void aPromptThatIsGivenGoesBeforeThePipe() {
    assertEquals(
        turn("--model", GGUF, "--prompt", "hello", "--max-tokens", "8").get("ids"),
        piped("something else", "--prompt", "hello"));
  }

  @Test
  void blanksInAPipeAreNoPrompt() {
    CommandRun.piped(" \n", "generate", "--model", GGUF).assertBadInput("--prompt: is missing");
    assertEquals(
        run("--max-tokens", "4").out(),
        CommandRun.piped("\n", "generate", "--max-tokens", "4").out());
  }

  /** A folder with all that a conversation needs. */
  private String chatModel() throws IOException {
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(RESOURCES.resolve("logits/llama-gqa/hf-f32").resolve(file), folder.resolve(file));
    }
    Files.copy(
        RESOURCES.resolve("tokenizer/byte-level/tokenizer.json"), folder.resolve("tokenizer.json"));
    Files.writeString(
        folder.resolve("chat_template.jinja"),
        "{% for m in messages %}{{ m.role[0] ~ ':' ~ m.content ~ ';' }}{% endfor %}a:");
    return folder.toString();
  }

  @Test
  void aConversationKeepsWhatWasSaidAndItsCache() throws IOException {
    String model = chatModel();
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream("hi\nbye\n".getBytes(StandardCharsets.UTF_8)));
      JsonNode turns =
          run("--model", model, "--chat", "--system", "s", "--max-tokens", "6", "--json")
              .json()
              .get("turns");
      assertEquals(2, turns.size());
      String answer = turns.at("/0/text").stringValue();
      JsonNode second = turns.get(1);
      assertTrue(second.get("cachedTokens").asInt() > turns.at("/0/promptTokens").asInt() - 1);
      // The same as if all had been one prompt.
      JsonNode alone =
          turn(
              "--model",
              model,
              "--max-tokens",
              "6",
              "--prompt",
              "s:s;u:hi;a:" + answer + ";u:bye;a:");
      assertEquals(alone.get("text"), second.get("text"));
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void aPromptInAChatIsItsOnlyTurn() throws IOException {
    String model = chatModel();
    assertEquals(
        turn("--model", model, "--max-tokens", "6", "--prompt", "u:hi;a:").get("ids"),
        turn("--model", model, "--max-tokens", "6", "--prompt", "hi", "--chat").get("ids"));
  }

  @Test
  void anEndTokenEndsIt() throws IOException {
    String model = chatModel();
    List<Integer> all =
        ids(turn("--model", model, "--max-tokens", "6", "--prompt", "hello").get("ids"));
    Files.writeString(
        folder.resolve("generation_config.json"), "{\"eos_token_id\": [" + all.get(2) + ", 2]}");
    JsonNode turn = turn("--model", model, "--max-tokens", "6", "--prompt", "hello");
    assertEquals(all.subList(0, all.indexOf(all.get(2)) + 1), ids(turn.get("ids")));
    assertEquals("end_token", turn.get("finish").stringValue());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "--model no-such/model --prompt x#no-such/model: no such file or folder, nor a model in",
        "--model MODEL#--prompt: is missing",
        "--model MODEL --prompt x --prompt-file y#--prompt-file: cannot be given beside",
        "--model MODEL --prompt x --system y#--system: needs --chat",
        "--model MODEL --prompt x --max-tokens 0#--max-tokens",
        "--model MODEL --prompt x --context 0#--context",
        "--model MODEL --prompt x --context 100000000#--context",
        "--model MODEL --prompt hello --context 1#--context: ",
        "--model MODEL --prompt x --temperature -1#temperature must be 0 or more",
        "--model MODEL --prompt x --top-p 0#topP must lie in (0, 1]",
        "--model MODEL --prompt x --threads 0#--threads",
        "--model MODEL --prompt x --dtype int3#--dtype",
        "--model MODEL --prompt x --kv-dtype q4_0#--kv-dtype: must be f32 or bf16 or q8_0, but is",
        "--model MODEL --prompt x --kv-dtype q8_0#--kv-dtype: q8_0 stores blocks of 32, of which"
            + " head_dim",
        "--model MODEL --prompt x --speculative y#--speculative: must be lookup or draft, but is",
        "--model MODEL --prompt x --speculative draft#--draft-model: is missing",
        "--model MODEL --prompt x --draft-model MODEL#--draft-model: needs --speculative draft",
        "--model MODEL --prompt x --draft-tokens 2#--draft-tokens: needs --speculative",
        "--model MODEL --prompt x --speculative lookup --draft-tokens 0#--draft-tokens",
        "--model MODEL --prompt x --speculative draft --draft-model no-such#no-such: no such file",
        "--model MODEL --prompt x --chat#chat_template",
      })
  void badInputIsNamed(String arguments, String problem) {
    CommandRun.ofLine("generate " + arguments.replace("MODEL", GGUF)).assertBadInput(problem);
  }
}
