package dev.ridgepoint.bench.cli.run;

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

class LoadCommandTest {
  private static final String GGUF =
      Path.of("..", "src-test", "model", "resources", "logits/llama-gqa/model-f32.gguf").toString();
  private static final String TRACE =
      "--requests 5 --rate 1000 --prompt 3-9 --output 2-6 --max-batch 2 --chunk 8 ";

  @TempDir private Path folder;

  @Test
  void bothKindsOfBatchingServeTheSameTrace() {
    JsonNode load =
        CommandRun.ofLine("load --model " + GGUF + " " + TRACE + "--json").json().get("load");
    assertEquals("continuous", load.at("/batchings/0/batching").stringValue());
    assertEquals("static", load.at("/batchings/1/batching").stringValue());
    for (JsonNode each : load.get("batchings")) {
      assertTrue(each.get("timeToFirstTokenSecondsMean").asDouble() > 0);
      assertTrue(each.get("outputTokensPerSecond").asDouble() > 0);
      assertTrue(each.get("meanBatch").asDouble() <= 2);
    }
    assertTrue(load.get("steps").size() >= 3);
  }

  /** Longer than a page, so that whole ones and a part of one are shared. */
  @Test
  void aSharedPrefixIsComputedOnce() {
    JsonNode load =
        CommandRun.ofLine(
                "load --model tiny --requests 4 --rate 0.5 --prompt 3-9 --output 2-4"
                    + " --shared-prefix 300 --json")
            .json()
            .get("load");
    assertEquals("continuous, shared", load.at("/batchings/1/batching").stringValue());
    JsonNode pages = load.at("/pages/1");
    double predicted = pages.get("predictedHitRate").asDouble();
    assertTrue(predicted > 0.7, pages.toString());
    assertTrue(pages.get("hitRate").asDouble() >= predicted, pages.toString());
    assertTrue(load.at("/pages/0/hitRate").isMissingNode(), load.toString());
    assertEquals(0, load.at("/pages/0/bytesSaved").asLong());
  }

  @Test
  void aKnownModelHasDrawnWeights() {
    String text =
        CommandRun.ofLine("load --model tiny " + TRACE + "--max-memory 100MB --kv-dtype q8_0")
            .text();
    assertTrue(text.contains("tiny in bf16, "), text);
    assertTrue(text.contains("5 requests"), text);
  }

  @Test
  void promptsComeFromAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("prompts.txt"), "hello\n\nhello world\n");
    String csv =
        CommandRun.of(
                "load",
                "--model",
                GGUF,
                "--prompts",
                file.toString(),
                "--rate",
                "1000",
                "--output",
                "4",
                "--csv")
            .text();
    assertTrue(csv.startsWith("batching,timeToFirstTokenSecondsMean,"), csv);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "--model no-such-model#no-such-model",
        "--model tiny --requests 0#--requests",
        "--model tiny --rate 0#--rate",
        "--model tiny --prompt 0#--prompt: must be a number or a range",
        "--model tiny --prompt 9-3#--prompt: must be a number or a range",
        "--model tiny --output x#--output: must be a number or a range",
        "--model tiny --prompt 1000000#max_position_embeddings",
        "--model tiny --max-batch 0#--max-batch",
        "--model tiny --chunk 7#--chunk",
        "--model tiny --max-memory 1KB#--max-memory: 1KB holds",
        "--model tiny --shared-prefix -1#--shared-prefix: must lie in",
        "--model tiny --shared-prefix 9 --prompts x#--prompts: needs a model that has a tokenizer",
        "--model tiny --prompts x#--prompts: needs a model that has a tokenizer",
      })
  void badInputIsNamed(String arguments, String problem) {
    CommandRun.ofLine("load " + arguments).assertBadInput(problem);
  }
}
