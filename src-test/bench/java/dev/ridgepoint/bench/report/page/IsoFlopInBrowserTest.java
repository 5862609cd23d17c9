package dev.ridgepoint.bench.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.bench.cli.CommandRun;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.scaling.AllocationLaw;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The page of {@code ridge isoflop}, in a headless Chromium; skipped where there is none. */
class IsoFlopInBrowserTest {
  private static final String COMMAND =
      "isoflop --flops 2e9 --sizes 16,32,48 --vocab 300 --stories 20 --threads 1 --batch 4 --seq 32"
          + " --out ";

  @TempDir private static Path folder;
  private static Chromium browser;

  /**
   * {@code trained} is what the command makes of so small a budget, of which the smallest size is
   * the best; {@code after1} and {@code after2} are the pages that it writes on the way. Other
   * losses are put in their place in {@code valley}, which has a lowest point, and in {@code
   * before}, a file of a version without learning curves.
   */
  @BeforeAll
  static void train() throws Exception {
    assumeTrue(Chromium.program().isPresent(), "no Chromium on the PATH or where it usually is");
    trainAndKeepEveryPage();
    ObjectNode results = (ObjectNode) JsonMapper.shared().readTree(Files.readString(json()));
    double[] losses = {3, 2, 2.5};
    for (int i = 0; i < losses.length; i++) {
      ((ObjectNode) results.at("/sizes/" + i)).put("loss", losses[i]);
    }
    drawAgain("valley", results);
    for (JsonNode size : results.get("sizes")) {
      ((ObjectNode) size).remove("curve");
    }
    drawAgain("before", results);
    browser = Chromium.start();
  }

  private static void trainAndKeepEveryPage() {
    AtomicInteger sizes = new AtomicInteger();
    CommandRun run =
        CommandRun.observed(
            line -> {
              try {
                Path kept = folder.resolve("after" + sizes.incrementAndGet());
                Files.copy(page("trained"), Files.createDirectories(kept).resolve("isoflop.html"));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            (COMMAND + folder.resolve("trained")).split(" "));
    assertEquals(0, run.exitCode(), run.err());
  }

  @AfterAll
  static void stop() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  private static Path json() {
    return folder.resolve("trained").resolve("isoflop.json");
  }

  /** The page of results that are all there: nothing is trained. */
  private static void drawAgain(String name, JsonNode results) throws IOException {
    Path out = Files.createDirectories(folder.resolve(name));
    Files.writeString(out.resolve("isoflop.json"), results.toString());
    CommandRun.ofLine(COMMAND + out).text();
  }

  private static Path page(String name) {
    return folder.resolve(name).resolve("isoflop.html");
  }

  @ParameterizedTest
  @CsvSource({
    "trained, 390, light",
    "trained, 1280, dark",
    "valley, 390, light",
    "valley, 390, dark",
    "valley, 1280, light",
    "valley, 1280, dark",
    "before, 1280, light",
    "after1, 390, light",
    "after2, 1280, dark"
  })
  void hasNoErrorNoBarrierAndNothingOutsideTheWindow(String name, int width, String scheme)
      throws Exception {
    browser.open(page(name), width, scheme);
    SoundPage.require(browser, width);
  }

  @Test
  void marksTheLowestPointBesideEveryLaw() throws Exception {
    browser.open(page("valley"), 1280, "light");
    String label = label("curve");
    for (String loss : List.of("3.000", "2.000", "2.500")) {
      assertTrue(label.contains(loss), label);
    }
    String best = browser.text("#facts dd");
    assertTrue(label.contains("lowest at " + best.split(" ")[0]), label + " without " + best);
    assertTrue(browser.text(".verdict").contains(best.split(" ")[0]), browser.text(".verdict"));
    for (AllocationLaw law : AllocationLaw.all()) {
      String parameters = Units.amount(law.optimum(2e9).parameters());
      assertTrue(label.contains(law.name() + " " + parameters), label);
      assertTrue(browser.text("#laws-table").contains(law.source()), law.source());
    }
    assertTrue(browser.text("#differences-list").contains("300 tokens"));
  }

  @Test
  void saysThatThereIsNoLowestPoint() throws Exception {
    browser.open(page("trained"), 1280, "light");
    assertTrue(browser.text("#curve-text").contains("It has no lowest point"));
    assertTrue(browser.text("#learning-section").contains("While they learn"));
    assertFalse(label("curve").contains("lowest"));
  }

  @Test
  void showsWhatARunHasThatWasCut() throws Exception {
    for (int sizes = 1; sizes <= 2; sizes++) {
      browser.open(page("after" + sizes), 1280, "light");
      String verdict = browser.text(".verdict");
      assertTrue(verdict.startsWith("So far " + sizes + " of 3 sizes"), verdict);
      assertEquals(
          sizes, browser.evaluate("document.querySelector('#sizes-table tbody').rows.length"));
    }
  }

  /** Files of versions before have no losses along the way. */
  @Test
  void drawsLearningCurvesWhereThereAreSome() throws Exception {
    String isHidden = "document.getElementById('learning-section').hidden";
    browser.open(page("before"), 1280, "light");
    assertEquals(true, browser.evaluate(isHidden));
    browser.open(page("valley"), 1280, "light");
    assertEquals(false, browser.evaluate(isHidden));
    JsonNode sizes = JsonMapper.shared().readTree(Files.readString(json())).get("sizes");
    assertEquals(3, label("learning").split("; ").length, label("learning"));
    for (JsonNode size : sizes) {
      JsonNode curve = size.get("curve");
      assertEquals(size.get("steps"), curve.get(curve.size() - 1).get("step"));
    }
  }

  private static String label(String chart) throws IOException {
    return (String) browser.evaluate("document.querySelector('#" + chart + "-chart').ariaLabel");
  }
}
