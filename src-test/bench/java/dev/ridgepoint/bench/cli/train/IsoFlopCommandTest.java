package dev.ridgepoint.bench.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.cli.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class IsoFlopCommandTest {
  private static final double FLOPS = 2e9;
  private static final String SETTINGS =
      "--flops 2e9 --vocab 300 --stories 20 --threads 1 --batch 4 --seq 32";

  @TempDir private Path folder;

  private CommandRun isoFlop(String more) {
    return CommandRun.ofLine("isoflop --out " + folder + " " + SETTINGS + " " + more);
  }

  private Path file() {
    return folder.resolve("isoflop.json");
  }

  private JsonNode written() throws IOException {
    return JsonMapper.shared().readTree(Files.readString(file()));
  }

  @Test
  void trainsEachSizeForTheBudget() throws IOException {
    CommandRun run = isoFlop("--sizes 48,16,32 --json");
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(3, run.err().lines().count(), run.err());
    JsonNode shown = JsonMapper.shared().readTree(run.out());
    JsonNode sizes = shown.at("/isoflop/sizes");
    assertEquals(3, sizes.size());
    long last = 0;
    for (JsonNode size : sizes) {
      assertEquals(FLOPS, size.get("flops").asDouble(), 0.05 * FLOPS);
      assertEquals(4 * 32 * size.get("steps").asLong(), size.get("tokens").asLong());
      assertTrue(size.get("parameters").asLong() > last, run.out());
      assertTrue(size.get("loss").asDouble() < Math.log(300), run.out());
      last = size.get("parameters").asLong();
    }
    // Of hidden size 16: 300 x 16 of the embedding, 4 x 16 x 16 of attention, 3 x 16 x 48 of the
    // feed-forward, and three norms.
    assertEquals(4800 + 1024 + 2304 + 48, sizes.get(0).get("parameters").asLong());
    assertTrue(shown.at("/optimum/optima").size() > 5, run.out());
    assertEquals(
        sizes.get(2).get("loss").asDouble(), written().at("/sizes/2/loss").asDouble(), 1e-12);
  }

  /** Results that are there stay, and the one that is missing comes to the same bits. */
  @Test
  void goesOnWithTheSizesThatAreMissing() throws IOException {
    assertEquals(0, isoFlop("--sizes 16,32,48").exitCode());
    JsonNode whole = written();
    JsonNode interrupted = written();
    ((ArrayNode) interrupted.get("sizes")).remove(1);
    Files.writeString(file(), interrupted.toString());
    CommandRun resumed = isoFlop("--sizes 16,32,48");
    assertEquals(0, resumed.exitCode(), resumed.err());
    assertEquals(1, resumed.err().lines().count(), resumed.err());
    assertTrue(resumed.err().startsWith("hidden size 32: "), resumed.err());
    for (int i = 0; i < 3; i++) {
      assertEquals(whole.at("/sizes/" + i + "/loss"), written().at("/sizes/" + i + "/loss"));
    }
    assertEquals("", isoFlop("--sizes 16,32,48").err());
    isoFlop("--sizes 16,32,48 --seed 2").assertBadInput("--out");
  }

  @Test
  void explainsACurveWithAndWithoutALowestPoint() throws IOException {
    assertEquals(0, isoFlop("--sizes 16,32,48").exitCode());
    String inside = withLosses("3.0", "2.0", "2.5");
    assertTrue(inside.contains("Your curve is lowest at"), inside);
    assertTrue(inside.contains("The published laws say from"), inside);
    assertTrue(inside.contains("Chinchilla approach 3"), inside);
    assertTrue(inside.contains("the same stories were seen up to"), inside);
    String outside = withLosses("3.0", "2.0", "1.5");
    assertTrue(outside.contains("Your curve has no lowest point"), outside);
    assertTrue(outside.contains("one of the 300 tokens here"), outside);
    assertTrue(outside.contains("guessing among 32,000 tokens costs 10.4"), outside);
  }

  /** What is printed of such losses. */
  private String withLosses(String... losses) throws IOException {
    JsonNode results = written();
    for (int i = 0; i < losses.length; i++) {
      ((ObjectNode) results.at("/sizes/" + i)).put("loss", Double.parseDouble(losses[i]));
    }
    Files.writeString(file(), results.toString());
    return isoFlop("--sizes 16,32,48").text().replaceAll("\\s+", " ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--sizes 16,32 | --sizes",
        "--sizes 16,16,32 | --sizes",
        "--sizes 16,32,40 | 40",
        "--sizes 0,16,32 | --sizes",
        "--sizes 16,32,2048 | 2048",
        "--sizes 16,32,x | --sizes",
        "--flops 1e5 | --flops",
        "--flops 1e30 | --flops",
        "--flops x | --flops",
        "--vocab 100 | --vocab",
        "--stories 0 | --stories",
        "--batch 0 | --batch",
        "--seq 1 | --seq",
        "--lr 0 | --lr",
        "--threads 0 | --threads"
      })
  void refusesBadInput(String flags, String named) {
    CommandRun.ofLine("isoflop --out " + folder + " " + flags).assertBadInput(named);
  }

  @Test
  void refusesResultsThatAreNone() throws IOException {
    Files.writeString(file(), "{\"sizes\": []}");
    isoFlop("--sizes 16,32,48").assertBadInput("isoflop.json");
  }
}
