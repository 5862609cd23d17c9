package dev.ridgepoint.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.cli.CommandRun;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class OwnModelsTest {
  private static final long MOST_BYTES = 3_000_000;

  /** Of the perplexity, by the vectors' width and the order of sums. */
  private static final double TOLERANCE = 2e-3;

  /** What the README says of stories that no model was trained on. */
  @ParameterizedTest
  @CsvSource({"stories-1M, 1.2602", "stories-100K, 1.8114"})
  void foretellsStoriesThatAreHeldOut(String model, double perplexity) {
    JsonNode figures = CommandRun.ofLine("perplexity --stories 50 --json --model " + model).json();
    assertEquals(perplexity, figures.get("perplexity").asDouble(), TOLERANCE * perplexity);
  }

  @ParameterizedTest
  @CsvSource({"stories-1M, 900_000, 1_100_000", "stories-100K, 90_000, 110_000"})
  void isOfItsNamesSize(String model, String least, String most) {
    long parameters = ParameterCount.of(ModelSource.named(model).architecture()).total();
    assertTrue(parameters >= number(least) && parameters <= number(most), "" + parameters);
  }

  private static long number(String digits) {
    return Long.parseLong(digits.replace("_", ""));
  }

  @Test
  void areSmall() throws IOException {
    long bytes = 0;
    for (String model : List.of(OwnModels.STORIES, OwnModels.STORIES_DRAFT)) {
      try (Stream<Path> files = Files.list(OwnModels.find(model).orElseThrow())) {
        for (Path file : files.toList()) {
          bytes += Files.size(file);
        }
      }
    }
    assertTrue(bytes <= MOST_BYTES, bytes + " bytes");
  }

  /** The same story, whatever guesses it. */
  @Test
  void tellAStoryWithoutBeingNamed() {
    String line = "generate --prompt Once --max-tokens 60 --json";
    JsonNode story = CommandRun.ofLine(line).json();
    JsonNode drafted = CommandRun.ofLine(line + " --speculative draft").json();
    assertEquals(OwnModels.STORIES, story.get("model").asString());
    assertEquals(story.at("/turns/0/text"), drafted.at("/turns/0/text"));
    assertTrue(story.at("/turns/0/text").asString().contains(" upon a time"), story.toString());
    assertTrue(drafted.at("/turns/0/speculation/accepted").asInt() > 0, drafted.toString());
  }
}
