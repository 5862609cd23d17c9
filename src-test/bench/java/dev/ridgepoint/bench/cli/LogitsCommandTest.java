package dev.ridgepoint.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LogitsCommandTest {
  private static final Path CASE =
      Path.of("..", "src-test", "model", "resources", "logits", "llama-gqa");
  private static final String MODEL = CASE.resolve("hf-f32").toString();

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void printsARowPerTokenWhoseLargestIsTheReferences() {
    JsonNode expected = JsonMapper.shared().readTree(CASE.resolve("expected.json").toFile());
    JsonNode tokens = expected.get("input_ids");
    JsonNode largest = expected.at("/variants/F32/argmax");
    assertEquals(0, run(join(tokens)), err.toString());
    JsonNode logits = JsonMapper.shared().readTree(out.toString()).get("logits");
    assertEquals(tokens.size(), logits.size());
    for (int i = 0; i < logits.size(); i++) {
      assertEquals(largest.get(i).asInt(), argmax(logits.get(i)), "position " + i);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "1000000", "1,x", "99999999999", ","})
  void badTokensAreOneLineAndExitCodeTwo(String tokens) {
    assertEquals(2, run(tokens), err.toString());
    assertEquals(1, err.toString().lines().count(), err.toString());
    assertEquals("", out.toString());
  }

  @Test
  void moreTokensThanPositionsAreRefused() {
    String tokens = "1,".repeat(100_000) + "1";
    assertEquals(2, run(tokens));
    assertEquals(1, err.toString().lines().count(), err.toString());
  }

  private int run(String tokens) {
    CommandLine commandLine =
        Ridge.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err, true));
    return commandLine.execute("logits", "--model", MODEL, "--tokens", tokens, "--json");
  }

  private static String join(JsonNode tokens) {
    return tokens.valueStream().map(JsonNode::asString).collect(Collectors.joining(","));
  }

  private static int argmax(JsonNode row) {
    int best = 0;
    for (int i = 1; i < row.size(); i++) {
      if (row.get(i).asDouble() > row.get(best).asDouble()) {
        best = i;
      }
    }
    return best;
  }
}
