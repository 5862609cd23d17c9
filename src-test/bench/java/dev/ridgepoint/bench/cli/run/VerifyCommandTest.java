package dev.ridgepoint.bench.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.cli.CommandRun;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class VerifyCommandTest {
  private static final String FILES =
      Path.of("..", "src-test", "model", "resources", "logits").toString();
  private static final String SIZES = "--hidden 32 --layers 2 --heads 2 --vocab 100";

  private static JsonNode verify(String arguments) {
    return CommandRun.ofLine("verify --threads 1 --seq 16 --json " + arguments)
        .json()
        .get("verify");
  }

  /** The rows of a table by their names. */
  private static Map<String, JsonNode> rows(JsonNode verify, String table) {
    Map<String, JsonNode> rows = new HashMap<>();
    verify.get(table).forEach(row -> rows.put(row.get("what").asString(), row));
    return rows;
  }

  @Test
  void aModelThatIsDrawnDoesWhatWasPredicted() {
    JsonNode verify = verify(SIZES);
    assertEquals("yes", verify.get("holds").asString());
    Map<String, JsonNode> counts = rows(verify, "counts");
    // Embedding and head; per layer four squares, three of 32 x 128 and two norms; the last norm.
    long parameters = 2 * 100 * 32 + 2 * (4 * 32 * 32 + 3 * 32 * 128 + 2 * 32) + 32;
    assertEquals(parameters, counts.get("parameters").get("found").asLong());
    assertEquals(parameters, counts.get("trained parameters").get("found").asLong());
    assertEquals(32, counts.get("rows of logits").get("found").asLong());
    for (JsonNode row : counts.values()) {
      assertEquals(row.get("predicted"), row.get("found"), row.toString());
    }
    Map<String, JsonNode> losses = rows(verify, "losses");
    double first = losses.get("of the first step").get("found").asDouble();
    assertEquals(Math.log(100), losses.get("of the first step").get("predicted").asDouble(), 1e-9);
    assertTrue(
        first > losses.get("after the last update").get("found").asDouble(), losses.toString());
    // The engine's F32 and BF16 weights are the same but for their rounding.
    assertEquals(first, losses.get("of the forward pass").get("found").asDouble(), 0.05);
    assertEquals("yes", rows(verify, "memory").get("training").get("holds").asString());
  }

  @Test
  void aModelWithoutGradientsIsNotTrained() {
    JsonNode verify = verify(FILES + "/gemma2/hf-f32");
    assertEquals("yes", verify.get("holds").asString());
    assertFalse(rows(verify, "counts").containsKey("FLOPs of a step"));
    assertTrue(verify.get("notes").toString().contains("no training step: "), verify.toString());
  }

  @Test
  void aFileTellsASample() {
    JsonNode verify = verify(FILES + "/llama-gqa/model-f32.gguf");
    assertEquals("yes", verify.get("holds").asString());
    JsonNode inFiles = rows(verify, "counts").get("parameters in the files");
    assertEquals(inFiles.get("predicted"), inFiles.get("found"));
    assertTrue(verify.get("notes").toString().contains("sample: Once upon a time"));
  }

  @Test
  void itIsATable() {
    String text = CommandRun.ofLine("verify --threads 1 --seq 16 " + SIZES).text();
    assertTrue(text.contains("FLOPs of the forward pass"), text);
    assertTrue(text.contains("all as predicted  yes"), text);
  }

  @ParameterizedTest
  @CsvSource({
    "'', MODEL",
    "tiny --batch 0, --batch",
    "tiny --seq 1, --seq",
    "tiny --threads 0, --threads",
    "tiny --hidden 8, tiny",
    "no-such-model, no-such-model"
  })
  void badInputIsNamed(String arguments, String named) {
    CommandRun.ofLine(("verify " + arguments).strip()).assertBadInput(named);
  }
}
