package dev.ridgepoint.bench.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.bench.cli.CommandRun;
import dev.ridgepoint.bench.text.Units;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The page of {@code ridge train}, in a headless Chromium; skipped where there is none. */
class TrainingInBrowserTest {
  @TempDir private static Path folder;
  private static Chromium browser;

  @BeforeAll
  static void train() throws Exception {
    assumeTrue(Chromium.program().isPresent(), "no Chromium on the PATH or where it usually is");
    CommandRun run =
        CommandRun.ofLine(
            "train --data stories --stories 100 --hidden 32 --layers 2 --heads 2 --vocab 300"
                + " --tied --batch 2 --seq 32 --steps 12 --checkpointing selective --threads 1"
                + " --out "
                + folder);
    assertEquals(0, run.exitCode(), run.err());
    browser = Chromium.start();
  }

  @AfterAll
  static void stop() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  private static Path page() {
    return folder.resolve("train.html");
  }

  @ParameterizedTest
  @CsvSource({"390, light", "390, dark", "1280, light", "1280, dark"})
  void hasNoErrorNoBarrierAndNothingOutsideTheWindow(int width, String scheme) throws Exception {
    browser.open(page(), width, scheme);
    SoundPage.require(browser, width);
  }

  @Test
  void showsTheNumbersOfTheRun() throws Exception {
    JsonNode run = JsonMapper.shared().readTree(Files.readString(folder.resolve("train.json")));
    browser.open(page(), 1280, "light");
    assertTrue(
        browser
            .text("#speed-text")
            .contains(Units.tokensPerSecond(run.get("tokensPerSecond").asDouble())));
    String memory = browser.text("#memory-table");
    for (JsonNode group : run.get("memory")) {
      assertTrue(memory.contains(Units.bytes(group.get("measuredBytes").asLong())), memory);
    }
    String process = browser.text("#process-table");
    for (JsonNode bytes : run.get("process")) {
      assertTrue(process.contains(Units.bytes(bytes.asLong())), process);
    }
  }
}
