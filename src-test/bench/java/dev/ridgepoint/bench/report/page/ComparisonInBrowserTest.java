package dev.ridgepoint.bench.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.bench.cli.CommandRun;
import dev.ridgepoint.bench.report.ReportJson;
import dev.ridgepoint.bench.report.SampleReports;
import dev.ridgepoint.bench.text.Units;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The page of {@code ridge compare --out}, in a headless Chromium; skipped where there is none. */
class ComparisonInBrowserTest {
  private static final String MARKUP = "</script><img src=x onerror=alert(1)>";

  @TempDir private static Path folder;
  private static Chromium browser;

  @BeforeAll
  static void compare() throws Exception {
    assumeTrue(Chromium.program().isPresent(), "no Chromium on the PATH or where it usually is");
    ObjectNode before = report();
    ObjectNode faster = report();
    for (JsonNode point : faster.get("points")) {
      double factor = point.get("phase").asString().equals("decode") ? 0.8 : 1.001;
      ((ObjectNode) point).put("seconds", factor * point.get("seconds").asDouble());
    }
    ObjectNode nasty = report();
    ((ObjectNode) nasty.get("machine")).put("cpu", MARKUP);
    ((ObjectNode) nasty.get("model")).put("name", MARKUP);
    ((ObjectNode) nasty.get("run")).put("command", MARKUP).put("ridgepoint", MARKUP);
    ((ObjectNode) nasty.at("/points/0")).put("batch", 3).put("dtype", MARKUP);
    ((ObjectNode) nasty.at("/points/1")).put("samples", 3);
    Map<String, String> texts =
        Map.of(
            "before", before.toString(),
            "after", faster.toString(),
            "nasty", nasty.toString(),
            "bench", llamaBench(200),
            "otherbench", llamaBench(100));
    for (Map.Entry<String, String> each : texts.entrySet()) {
      Files.writeString(folder.resolve(each.getKey() + ".json"), each.getValue());
    }
    write("three", "before", "after", "bench");
    write("nasty", "nasty", "before");
    write("benches", "bench", "otherbench");
    browser = Chromium.start();
  }

  @AfterAll
  static void stop() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  private static ObjectNode report() {
    return (ObjectNode) JsonMapper.shared().readTree(ReportJson.render(SampleReports.typical()));
  }

  private static String llamaBench(double rate) {
    return """
    [{"build_commit": "abc1234", "cpu_info": "a processor", "model_type": "qwen2 1B BF16",
      "n_threads": 2, "n_prompt": 512, "n_gen": 0, "samples_ts": [%s, %1$s, %1$s, %1$s, %1$s]}]
    """
        .formatted(rate);
  }

  private static void write(String name, String... files) {
    List<String> arguments =
        Stream.concat(
                Stream.of("compare", "--out", folder.resolve(name).toString()),
                Stream.of(files).map(file -> folder.resolve(file + ".json").toString()))
            .toList();
    CommandRun.of(arguments.toArray(String[]::new)).text();
  }

  private static Path page(String name) {
    return folder.resolve(name).resolve("compare.html");
  }

  @ParameterizedTest
  @CsvSource({
    "three, 390, light",
    "three, 390, dark",
    "three, 1280, light",
    "three, 1280, dark",
    "nasty, 390, light",
    "nasty, 1280, dark",
    "benches, 1280, light"
  })
  void hasNoErrorNoBarrierAndNothingOutsideTheWindow(String name, int width, String scheme)
      throws Exception {
    browser.open(page(name), width, scheme);
    SoundPage.require(browser, width);
    assertEquals(0, browser.evaluate("document.querySelectorAll('img').length"));
    assertTrue(Files.size(page(name)) <= 3 << 20);
    assertTrue(Files.size(page(name).resolveSibling("compare.csv")) > 0);
  }

  @Test
  void showsTheRatiosOfTheCommand() throws Exception {
    JsonNode steps =
        JsonMapper.shared()
            .readTree(
                CommandRun.of(
                        "compare",
                        "--json",
                        folder.resolve("before.json").toString(),
                        folder.resolve("after.json").toString(),
                        folder.resolve("bench.json").toString())
                    .text())
            .at("/comparison/steps");
    browser.open(page("three"), 1280, "light");
    assertTrue(
        browser
            .text(".verdict")
            .startsWith(
                "Of 16 steps, #2 is faster than #1 in 10, slower in 0, and within the noise in 6."),
        browser.text(".verdict"));
    for (int row = 0; row < steps.size(); row++) {
      JsonNode step = steps.get(row);
      List<String> shown = row(row);
      assertEquals(step.get("number").asString(), shown.getFirst());
      assertEquals(Units.significant(step.get("tokensPerSecondBefore").asDouble()), shown.get(7));
      assertEquals(Units.significant(step.get("tokensPerSecond").asDouble()), shown.get(8));
      assertEquals(Units.times(step.get("ratio").asDouble()), shown.get(9));
      assertEquals(
          Units.times(step.get("ratioLow").asDouble())
              + " to "
              + Units.times(step.get("ratioHigh").asDouble()),
          shown.get(10));
      assertEquals(step.get("verdict").asString(), shown.get(11));
    }
  }

  @Test
  void drawsAllRunsUnderTheRoofs() throws Exception {
    browser.open(page("three"), 1280, "light");
    String label = (String) browser.evaluate("document.querySelector('#roofline-chart').ariaLabel");
    // Eight steps with two threads in each report, and the prompt of llama-bench, which its partner
    // counts.
    assertEquals(17, label.split("; ").length, label);
    assertTrue(label.contains("3, prefill, prompt 512, bf16, 2 threads at"), label);
    browser.open(page("benches"), 1280, "light");
    assertEquals(
        true, browser.evaluate("document.querySelector('#roofline').parentElement.hidden"));
  }

  @Test
  void tellsMachineModelAndCommitOfEachRun() throws Exception {
    browser.open(page("three"), 390, "light");
    browser.run("document.querySelectorAll('details').forEach((each) => (each.open = true))");
    String facts = browser.text("#measurements-facts");
    for (String fact :
        List.of("0.1.0, commit abc1234", "Eclipse Adoptium 25.0.1+8", "340 GFLOP/s")) {
      assertTrue(facts.contains(fact), facts);
    }
    browser.open(page("nasty"), 390, "light");
    assertTrue(browser.text("#measurements-table").contains(MARKUP));
  }

  private static List<String> row(int row) throws IOException {
    String cells =
        (String)
            browser.evaluate(
                "[...document.querySelector('#steps-table tbody').rows["
                    + row
                    + "].cells].map((each) => each.innerText).join('|')");
    return List.of(cells.split("\\|", -1));
  }
}
