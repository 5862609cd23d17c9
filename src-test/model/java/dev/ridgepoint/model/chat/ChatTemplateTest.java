package dev.ridgepoint.model.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.TestResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ChatTemplateTest {
  private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 5, 7, 8);
  private static final ChatMessage SYSTEM = new ChatMessage("system", "Be brief.");
  private static final List<ChatMessage> TURNS =
      List.of(
          new ChatMessage("user", "Hi"),
          new ChatMessage("assistant", "<think>\nhm\n</think>\n\nYo"),
          new ChatMessage("user", "Bye"));
  private static final List<ChatMessage> CONVERSATION =
      List.of(SYSTEM, TURNS.get(0), TURNS.get(1), TURNS.get(2));

  /** What Jinja 3.1.6 makes of them, with Hugging Face's functions and settings. */
  @Test
  void expressionsAreAsInJinja() {
    Path file = TestResources.path("chat/expressions.json");
    List<ChatMessage> messages =
        List.of(
            new ChatMessage("system", " Be brief. "),
            new ChatMessage("user", "Hi\n"),
            new ChatMessage("assistant", "<think>\nhm\n</think>\n\nYo"),
            new ChatMessage("user", " Bye"));
    for (JsonNode each : JsonMapper.shared().readTree(file.toFile())) {
      String template = each.get("template").stringValue();
      assertEquals(
          each.get("text").stringValue(),
          template(template).render(messages, true, NOW),
          "of " + template);
    }
  }

  @Test
  void theDateIsTodayAndRolesAreChecked() throws IOException {
    ChatTemplate dates = resource("dates");
    String expected =
        """
        <s><|note|>
        It is 05 Nov 2026.
        There are no tools.
        Be brief.
        <|turn|>user
        Hi<|stop|>
        <|turn|>assistant
        <think>
        hm
        </think>

        Yo<|stop|>
        <|turn|>user
        Bye<|stop|>
        <|turn|>assistant
        """;
    assertEquals(expected, dates.render(CONVERSATION, true, NOW));
    assertEquals(
        "source: chat template: nobody is called oracle",
        assertThrows(
                InvalidInputException.class,
                () -> dates.render(List.of(new ChatMessage("oracle", "?")), true, NOW))
            .getMessage());
  }

  @Test
  void thoughtsAreKeptAfterTheLastQuestionOnly() throws IOException {
    String later =
        """
        <|turn|>system
        Be brief.<|stop|>
        <|turn|>user
        Hi<|stop|>
        <|turn|>assistant
        Yo<|stop|>
        <|turn|>user
        Bye<|stop|>
        <|turn|>assistant
        """;
    assertEquals(later, resource("reasoning").render(CONVERSATION, true, NOW));
    String now =
        """
        <|turn|>user
        Hi<|stop|>
        <|turn|>assistant
        (hm) Yo<|stop|>
        """;
    assertEquals(now, resource("reasoning").render(TURNS.subList(0, 2), false, NOW));
  }

  @Test
  void aMissingSystemPromptIsSupplied() throws IOException {
    String expected =
        """
        <|turn|>system
        Answer in one word.<|stop|>
        <|turn|>user
        Hi<|stop|>
        <|turn|>assistant
        """;
    assertEquals(expected, resource("default-system").render(TURNS.subList(0, 1), true, NOW));
  }

  @Test
  void theSystemPromptGoesIntoTheLastTurn() throws IOException {
    String expected =
        """
        <s><|ask|>Hi<|answer|><think>
        hm
        </think>

        Yo</s><|rules|>Be brief.<|ask|>Bye\
        """;
    assertEquals(expected, resource("last-turn").render(CONVERSATION, true, NOW));
  }

  @Test
  void rolesAreRenamedAndTakeTurns() throws IOException {
    ChatTemplate alternating = resource("alternating");
    String expected =
        """
        <s><|turn|>human
        Hi
        <|stop|>
        <|turn|>machine
        <think>
        hm
        </think>

        Yo
        <|stop|>
        <|turn|>human
        Bye
        <|stop|>
        <|turn|>machine
        """;
    assertEquals(expected, alternating.render(TURNS, true, NOW));
    assertRefused(
        "source: chat template: a conversation begins with a user",
        () -> alternating.render(CONVERSATION, true, NOW));
    assertRefused(
        "source: chat template: turns do not take turns",
        () -> alternating.render(List.of(TURNS.get(0), TURNS.get(2)), true, NOW));
  }

  /** Lines that hold statements alone leave neither their indent nor their end. */
  @Test
  void linesOfStatementsLeaveNothing() throws IOException {
    String expected =
        """
        <|begin|>
        <|system|>
        Be brief.
        <|stop|>
        <|user|>
        Hi
        <|stop|>
        <|reply|>
        <think>
        hm
        </think>

        Yo
        <|stop|>
        <|user|>
        Bye
        <|stop|>
        <|reply|>
        """;
    assertEquals(expected, resource("lines").render(CONVERSATION, true, NOW));
    assertEquals(
        "<|begin|>\n<|user|>\nHi\n<|stop|>\n</s>",
        resource("lines").render(TURNS.subList(0, 1), false, NOW));
  }

  @Test
  void aNamespaceGathersOverALoop() throws IOException {
    String expected =
        """
        <s>Be brief.; Be kind.<｜ask｜>Hi<｜answer｜>

        Yo<｜end▁of▁answer｜><｜ask｜>Bye<｜answer｜><think>
        """;
    List<ChatMessage> twoRules =
        Stream.concat(Stream.of(SYSTEM, new ChatMessage("system", "Be kind.")), TURNS.stream())
            .toList();
    assertEquals(expected, resource("gathered").render(twoRules, true, NOW));
  }

  /** Of a real file, which lies outside the repository. */
  @Test
  void theTemplateOfAGgufFile() {
    Path file =
        Path.of(
            System.getProperty("ridgepoint.golden", "../../shared/golden"),
            "vocab/ggml-vocab-qwen2.gguf");
    assumeTrue(Files.exists(file), file + " is absent");
    String expected =
        """
        <|im_start|>system
        You are a helpful assistant<|im_end|>
        <|im_start|>user
        Hi<|im_end|>
        <|im_start|>assistant
        """;
    assertEquals(expected, ChatTemplateFiles.read(file).render(TURNS.subList(0, 1), true, NOW));
  }

  @Test
  void theTemplateOfAFolder(@TempDir Path folder) throws IOException {
    InvalidInputException none =
        assertThrows(InvalidInputException.class, () -> ChatTemplateFiles.read(folder));
    assertTrue(none.getMessage().contains("has no chat template"), none.getMessage());
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"bos_token\": {\"content\": \"<b>\"}, \"eos_token\": \"<e>\", \"chat_template\":"
            + " [{\"name\": \"tool_use\", \"template\": \"x\"},"
            + " {\"name\": \"default\", \"template\": \"{{ bos_token ~ eos_token }}\"}]}");
    assertEquals("<b><e>", ChatTemplateFiles.read(folder).render(TURNS, true, NOW));
    Files.writeString(folder.resolve("chat_template.jinja"), "{{ messages[0].content }}\n");
    assertEquals("Hi", ChatTemplateFiles.read(folder).render(TURNS, true, NOW));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "{% for i in range(3000) %}{% for j in range(3000) %}{% endfor %}{% endfor %}#steps",
        "{% set n = namespace(s='xx') %}{% for i in range(40) %}{% set n.s = n.s + n.s %}"
            + "{% endfor %}#characters",
        "{% set n = namespace(s=[1]) %}{% for i in range(40) %}{% set n.s = n.s + n.s %}"
            + "{% endfor %}#elements",
        "{% set n = namespace(s=[1]) %}{% for i in range(40) %}{% set n.s = [n.s, n.s] %}"
            + "{% endfor %}{{ n.s }}#too large",
        "{{ 'x' * 100000000 }}#elements",
        "{{ range(100000000) }}#elements",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}#deep",
        "{{ nope.x }}#'nope' is undefined",
        "{{ nope() }}#'nope' is undefined",
        "{{ messages[0].content.format(1) }}#undefined",
        "{{ 1 // 0 }}#cannot compute",
        "{{ 'a' + 1 }}#cannot compute",
        "{{ 9223372036854775807 + 1 }}#cannot compute",
        "{{ messages | nope }}#filter 'nope'",
        "{{ messages is nope }}#test 'nope'",
        "{{ raise_exception('no') }}#no",
        "{{ strftime_now('%Q') }}#%Q",
      })
  void whatATemplateCostsIsBoundedAndItsFailuresAreNamed(String text, String problem) {
    ChatTemplate template = template(text);
    assertRefused(problem, () -> template.render(TURNS, true, NOW));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ ",
        "{{ x",
        "{{ 'x }}",
        "{{ x ) }}",
        "{{ }}",
        "{{ x y }}",
        "{% if x %}",
        "{% endif %}",
        "{% for x %}{% endfor %}",
        "{% for x in y %}",
        "{% set x %}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{# x",
        "{% raw %}",
        "{{ x[ }}",
        "{{ '\\uD' }}",
        "{{ 99999999999999999999 }}",
        "{% macro f( %}{% endmacro %}",
      })
  void malformedTemplatesAreRefusedInOneLine(String text) {
    assertRefused("chat template: ", () -> template(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "(#)",
        "[#]",
        "`not `#``",
        "-#``",
        "{1:#}",
        "`x if y else `#``",
        "x(#)",
        "x[#]",
        "``#` + x`",
        "``#` ~ x`",
        "``#` and x`",
        "``#` == x`",
        "``#` ** x`",
        "``#` | trim`",
        "``#` is defined`",
        "``#.x",
        "``#[0]",
        "``#()",
      })
  void deepNestingIsRefused(String open, String close) {
    int depth = 100_000;
    assertRefused(
        "deep", () -> template("{{ " + open.repeat(depth) + "x" + close.repeat(depth) + " }}"));
  }

  @Test
  void longTextsAreNoTrouble() {
    String text = "x\\\\".repeat(200_000);
    assertEquals(400_000, template("{{ '" + text + "' }}").render(TURNS, true, NOW).length());
    assertEquals(
        800_000, template("{{ 1 }}\n{# #}".repeat(400_000)).render(TURNS, true, NOW).length());
  }

  @Test
  void deeplyNestedStatementsAreRefused() {
    assertRefused("deep", () -> template("{% if x %}".repeat(100_000)));
    assertRefused("deep", () -> template("{% if x %}" + "{% elif x %}".repeat(100_000)));
  }

  private static void assertRefused(String problem, Runnable action) {
    InvalidInputException e = assertThrows(InvalidInputException.class, action::run);
    assertTrue(e.getMessage().contains(problem), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }

  private static ChatTemplate template(String text) {
    return new ChatTemplate("source", text, Map.of("bos_token", "<s>", "eos_token", "</s>"));
  }

  /** Of templates written for these tests; what is expected of them Jinja 3.1.6 made. */
  private static ChatTemplate resource(String name) throws IOException {
    return template(Files.readString(TestResources.path("chat/" + name + ".jinja")));
  }
}
