package dev.ridgepoint.bench.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.bench.explorer.Cell;
import dev.ridgepoint.bench.explorer.Explorer;
import dev.ridgepoint.bench.explorer.Runner;
import dev.ridgepoint.bench.report.Point;
import dev.ridgepoint.bench.report.Report;
import dev.ridgepoint.bench.report.SampleReports;
import dev.ridgepoint.bench.text.Units;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page as its reader has it, in a headless Chromium; skipped where there is none. */
class PageInBrowserTest {
  private static final int PHONE = 390;
  private static final int DESKTOP = 1280;

  @TempDir private static Path folder;
  private static Chromium browser;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(Chromium.program().isPresent(), "no Chromium on the PATH or where it usually is");
    Map<String, Report> reports =
        Map.of(
            "typical", SampleReports.typical(),
            "odd", SampleReports.odd(),
            "running", SampleReports.running(),
            "nasty", SampleReports.named("<img src=x onerror=alert(1)>"));
    for (Map.Entry<String, Report> each : reports.entrySet()) {
      Files.writeString(file(each.getKey()), Page.render(each.getValue()));
    }
    browser = Chromium.start();
    // A page of a run that lasts reloads itself when its test says so.
    browser
        .page()
        .evaluateOnNewDocument(
            """
            () => {
              const real = setTimeout;
              window.setTimeout = (run, after) =>
                after === 5000 ? (window.reloadNow = run) && 0 : real(run, after);
            }
            """);
  }

  @AfterAll
  static void stop() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "typical, 390, light", "typical, 390, dark", "typical, 1280, light", "typical, 1280, dark",
    "odd, 390, light", "odd, 1280, dark", "running, 1280, light", "nasty, 390, dark"
  })
  void hasNoErrorNoBarrierAndNothingOutsideTheWindow(String name, int width, String scheme)
      throws Exception {
    browser.open(file(name), width, scheme);
    browser.run("document.querySelectorAll('details').forEach((each) => (each.open = true))");
    assertEquals(List.of(), browser.errors());
    assertEquals("", Axe.violations(browser));
    assertEquals(width, browser.evaluate("document.documentElement.scrollWidth"));
    assertEquals(
        true,
        browser.evaluate(
            "[...document.querySelectorAll('.chart')].every((each) =>"
                + " each.querySelectorAll('svg path').length > 10 &&"
                + " !/NaN|Infinity|undefined/.test(each.innerHTML + each.ariaLabel))"));
    String text = browser.text("body");
    for (String sign : List.of("NaN", "Infinity", "undefined", "null", "[object")) {
      assertTrue(!text.contains(sign), sign + " in " + text);
    }
  }

  @Test
  void everyStopShowsWhatTheEstimatorSays() throws Exception {
    Report report = SampleReports.typical();
    Explorer explorer = report.explorer();
    List<Integer> batches = explorer.stops().batches();
    List<Integer> contexts = explorer.stops().contexts();
    List<Integer> prompts = explorer.stops().prompts();
    browser.open(file("typical"), DESKTOP, "light");
    for (Runner runner : explorer.machine()) {
      browser.set("explore-format", format(runner));
      browser.set("explore-threads", "" + runner.setup().threads().getAsInt());
      for (int stop = 0; stop < Math.max(batches.size(), prompts.size()); stop++) {
        int batch = Math.min(stop, batches.size() - 1);
        int context = stop % contexts.size();
        int prompt = Math.min(stop, prompts.size() - 1);
        browser.set("explore-batch", "" + batch);
        browser.set("explore-context", "" + context);
        browser.set("explore-prompt", "" + prompt);
        Cell decode = runner.decode().get(batch).get(context);
        Cell prefill = runner.prefill().get(prompt);
        assertEquals(
            List.of(
                "decode, batch %s, context %s"
                    .formatted(integer(batches.get(batch)), integer(contexts.get(context))),
                "prefill, prompt " + integer(prompts.get(prompt))),
            column("explore-table", 0));
        for (int row = 0; row < 2; row++) {
          Cell cell = row == 0 ? decode : prefill;
          int tokens = row == 0 ? batches.get(batch) : prompts.get(prompt);
          List<String> shown = row("explore-table", row);
          assertEquals(
              List.of(
                  Units.flops(cell.flops()),
                  Units.bytes(cell.bytes()),
                  Units.intensity(cell.intensity())),
              shown.subList(1, 4));
          assertEquals(Units.seconds(written(cell.boundSeconds())), shown.get(5));
          assertEquals(Units.seconds(written(cell.predictedSeconds())), shown.get(6));
          assertEquals(
              Units.tokensPerSecond(tokens / written(cell.predictedSeconds()))
                  + (cell.fits() ? "" : " (does not fit)"),
              shown.get(7));
        }
        String formula = browser.text("#explore-formula");
        assertTrue(
            formula.contains(
                runner.computeBoundBatches().get(context).isPresent()
                    ? "crossed from batch "
                        + integer(runner.computeBoundBatches().get(context).getAsInt())
                    : "which no batch crosses"),
            formula);
      }
    }
    assertEquals(List.of(), browser.errors());
  }

  @Test
  void formatsAndDevicesAreThoseOfTheEstimator() throws Exception {
    Explorer explorer = SampleReports.typical().explorer();
    int batch = explorer.stops().batches().indexOf(4);
    int context = explorer.stops().contexts().indexOf(2048);
    int prompt = explorer.stops().prompts().indexOf(128);
    browser.open(file("typical"), DESKTOP, "light");
    browser.set("explore-batch", "" + batch);
    browser.set("explore-context", "" + context);
    browser.set("explore-prompt", "" + prompt);
    browser.set("explore-format", "q8_0");
    List<List<String>> formats = new ArrayList<>();
    List<List<String>> devices = new ArrayList<>();
    for (Runner runner : explorer.machine()) {
      if (runner.setup().threads().getAsInt() == 2) {
        formats.add(rates(format(runner), runner, batch, context, prompt));
        if (format(runner).equals("q8_0")) {
          devices.add(rates("this machine", runner, batch, context, prompt));
        }
      }
    }
    for (Runner runner : explorer.devices()) {
      if (format(runner).equals("q8_0")) {
        devices.add(rates(runner.setup().name(), runner, batch, context, prompt));
      }
    }
    assertEquals(formats, shownRates("formats-table", formats.size()));
    assertEquals(devices, shownRates("devices-table", devices.size()));
  }

  @Test
  void pointsAreThoseOfTheReportAndSort() throws Exception {
    List<Point> points = SampleReports.typical().points();
    browser.open(file("typical"), DESKTOP, "light");
    assertEquals(
        numbers(points.stream().sorted(Comparator.comparingDouble(Point::fractionOfRoof))),
        column("points-table", 0));
    browser.run("document.querySelectorAll('#points-table th button')[8].click()");
    assertEquals(
        numbers(points.stream().sorted(Comparator.comparingDouble(Point::tokensPerSecond))),
        column("points-table", 0));
    for (int row = 0; row < points.size(); row++) {
      List<String> shown = row("points-table", row);
      Point point = points.get(Integer.parseInt(shown.getFirst()) - 1);
      assertEquals(
          List.of(
              Units.significant(point.tokensPerSecond()),
              Units.significant(point.flopsPerSecond() / 1e9),
              Units.significant(point.bytesPerSecond() / 1e9),
              Units.percent(point.fractionOfRoof())),
          shown.subList(8, 12));
    }
  }

  @Test
  void everyStepShowsItsOperations() throws Exception {
    Report report = SampleReports.typical();
    browser.open(file("typical"), PHONE, "dark");
    browser.run("document.querySelector('#journey-table').parentElement.open = true");
    for (Point point : report.points()) {
      if (point.threads() == 2) {
        browser.set("journey-step", "" + point.number());
        assertEquals(
            point.operations().stream().map(each -> each.name()).toList(),
            column("journey-table", 0));
        browser.set("roofline-operations", "" + point.number());
        assertTrue(
            browser
                .text("#roofline-formula")
                .contains("so at most " + Units.flopsPerSecond(point.attainableFlopsPerSecond())));
      }
    }
    browser.set("roofline-threads", "1");
    assertTrue(browser.text("#roofline-formula").contains("180 GFLOP/s ÷"));
    assertEquals(List.of(), browser.errors());
  }

  @Test
  void controlsListenToTheKeyboard() throws Exception {
    browser.open(file("typical"), DESKTOP, "light");
    assertEquals("1", browser.text("#explore-batch-value"));
    browser.run("document.getElementById('explore-batch').focus()");
    browser.page().keyboard().press("ArrowRight");
    assertEquals("2", browser.text("#explore-batch-value"));
    assertEquals("2 sequences", browser.evaluate("document.activeElement.ariaValueText"));
  }

  @Test
  void warningsAreFoldedAndStandBesideTheirPoints() throws Exception {
    browser.open(file("odd"), DESKTOP, "light");
    assertEquals(false, browser.evaluate("document.getElementById('warnings').open"));
    assertTrue(browser.text("#warnings summary").endsWith("before you believe these numbers"));
    assertTrue(
        (boolean)
            browser.evaluate(
                "[...document.querySelectorAll('#points-table details')].some((each) =>"
                    + " each.textContent.includes('lies above its roof'))"));
    browser.open(file("typical"), DESKTOP, "light");
    assertEquals(true, browser.evaluate("document.getElementById('warnings').hidden"));
  }

  @Test
  void paperHidesNothing() throws Exception {
    browser.open(file("typical"), DESKTOP, "dark");
    browser.run("dispatchEvent(new Event('beforeprint'))");
    assertEquals(
        0, browser.evaluate("document.querySelectorAll('main details:not([open])').length"));
    browser.run("dispatchEvent(new Event('afterprint'))");
    assertEquals(0, browser.evaluate("document.querySelectorAll('main details[open]').length"));
  }

  @Test
  void aRunThatLastsReloadsThePageAndLeavesTheReaderWhereHeIs() throws Exception {
    browser.open(file("running"), DESKTOP, "light");
    assertTrue(
        browser
            .text("#progress")
            .startsWith("Still measuring: 5 of 16 points, about 42.0 s left."));
    browser.set("explore-batch", "3");
    browser.run("scrollTo(0, 1500); window.before = true; window.reloadNow()");
    browser.await("!window.before && document.readyState === 'complete'");
    assertEquals("3", browser.evaluate("document.getElementById('explore-batch').value"));
    assertEquals(1500, browser.evaluate("Math.round(scrollY)"));
    assertEquals(List.of(), browser.errors());
  }

  private static Path file(String name) {
    return folder.resolve(name + ".html");
  }

  private static String format(Runner runner) {
    return runner.setup().formats().weights().name().toLowerCase(Locale.ROOT);
  }

  private static String integer(int value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static List<String> numbers(Stream<Point> points) {
    return points.map(point -> "" + point.number()).toList();
  }

  private static List<String> rates(
      String name, Runner runner, int batch, int context, int prompt) {
    Explorer explorer = SampleReports.typical().explorer();
    Cell decode = runner.decode().get(batch).get(context);
    Cell prefill = runner.prefill().get(prompt);
    return List.of(
        name,
        rate(decode, explorer.stops().batches().get(batch)),
        rate(prefill, explorer.stops().prompts().get(prompt)));
  }

  private static String rate(Cell cell, int tokens) {
    return Units.significant(tokens / written(cell.predictedSeconds()))
        + (cell.fits() ? "" : " (does not fit)");
  }

  /** As the report's JSON has it: the digits shown tell that it has four. */
  private static double written(double seconds) {
    return new BigDecimal(seconds).round(new MathContext(4)).doubleValue();
  }

  private static List<List<String>> shownRates(String table, int rows) throws IOException {
    List<List<String>> shown = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      List<String> cells = row(table, row);
      shown.add(List.of(cells.get(0), cells.get(4), cells.get(6)));
    }
    return shown;
  }

  private static List<String> row(String table, int row) throws IOException {
    return strings("[...document.querySelector('#" + table + " tbody').rows[" + row + "].cells]");
  }

  private static List<String> column(String table, int column) throws IOException {
    return strings(
        "[...document.querySelectorAll('#"
            + table
            + " tbody tr')].map((row) => row.cells["
            + column
            + "])");
  }

  private static List<String> strings(String elements) throws IOException {
    String all = (String) browser.evaluate(elements + ".map((each) => each.innerText).join('|')");
    return List.of(all.split("\\|", -1));
  }
}
