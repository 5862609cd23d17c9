package dev.ridgepoint.bench.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.bench.cli.CommandRun;
import dev.ridgepoint.bench.text.Units;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The page of {@code ridge compress --out}, in a headless Chromium; skipped where there is none.
 */
class CompressionInBrowserTest {
  private static final String GGUF = "../src-test/model/resources/logits/llama-gqa/model-f32.gguf";

  @TempDir private static Path folder;
  private static Chromium browser;

  @BeforeAll
  static void compress() throws Exception {
    assumeTrue(Chromium.program().isPresent(), "no Chromium on the PATH or where it usually is");
    for (String method : List.of("gptq", "nm24", "distil --steps 4 --batch 2 --seq 16")) {
      Path out = folder.resolve(method.split(" ")[0]);
      CommandRun run =
          CommandRun.ofLine(
              "compress %s --method %s --windows 3 --context 20 --out %s"
                  .formatted(GGUF, method, out));
      assertEquals(0, run.exitCode(), run.err());
    }
    browser = Chromium.start();
  }

  @AfterAll
  static void stop() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  private static Path page(String method) {
    return folder.resolve(method).resolve("compress.html");
  }

  @ParameterizedTest
  @CsvSource({
    "gptq, 390, light",
    "gptq, 390, dark",
    "gptq, 1280, light",
    "gptq, 1280, dark",
    "distil, 390, light",
    "distil, 1280, dark",
    "nm24, 390, light",
    "nm24, 1280, dark"
  })
  void hasNoErrorNoBarrierAndNothingOutsideTheWindow(String method, int width, String scheme)
      throws Exception {
    browser.open(page(method), width, scheme);
    SoundPage.require(browser, width);
  }

  /** A student has other matrices: its page has the curves of its training instead. */
  @Test
  void showsHowAStudentLearnt() throws Exception {
    browser.open(page("distil"), 1280, "light");
    assertEquals(true, browser.evaluate("document.getElementById('tensors') === null"));
    String chart = (String) browser.evaluate("document.querySelector('#loss-chart').ariaLabel");
    assertTrue(chart.startsWith("Loss of 4 steps, at the end "), chart);
    browser.open(page("gptq"), 1280, "light");
    assertEquals(true, browser.evaluate("document.getElementById('learning') === null"));
  }

  @Test
  void showsTheFiguresOfTheCommand() throws Exception {
    JsonNode compress =
        JsonMapper.shared()
            .readTree(Files.readString(folder.resolve("gptq").resolve("compress.json")))
            .get("compress");
    browser.open(page("gptq"), 1280, "light");
    for (JsonNode answers : compress.get("answers")) {
      String perplexity = Units.significant(answers.get("perplexity").asDouble());
      assertTrue(browser.text("#answers-table").contains(perplexity), perplexity);
    }
    String chart = (String) browser.evaluate("document.querySelector('#errors-chart').ariaLabel");
    for (JsonNode tensor : compress.get("tensors")) {
      String name = tensor.get("name").asString();
      assertTrue(browser.text("#tensors-table").contains(name), name);
      assertTrue(chart.contains(name), name);
    }
    assertEquals(
        compress.get("expected").size(),
        browser.evaluate("document.querySelector('#expected-table tbody').rows.length"));
  }
}
