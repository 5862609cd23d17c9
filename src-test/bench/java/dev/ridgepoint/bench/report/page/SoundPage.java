package dev.ridgepoint.bench.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;

/** What every page must be, whatever it shows. */
final class SoundPage {
  private SoundPage() {}

  /** No error, no barrier, nothing outside the window, every chart drawn, and no raw values. */
  static void require(Chromium browser, int width) throws Exception {
    browser.run("document.querySelectorAll('details').forEach((each) => (each.open = true))");
    assertEquals(List.of(), browser.errors());
    assertEquals("", Axe.violations(browser));
    assertEquals(width, browser.evaluate("document.documentElement.scrollWidth"));
    assertEquals(
        true,
        browser.evaluate(
            "[...document.querySelectorAll('.chart')].filter((each) => !each.closest('[hidden]'))"
                + ".every((each) => each.querySelectorAll('svg path').length > 3 &&"
                + " !/NaN|Infinity|undefined/.test(each.innerHTML + each.ariaLabel))"));
    String text = browser.text("body");
    for (String sign : List.of("NaN", "Infinity", "undefined", "null", "[object")) {
      assertFalse(text.contains(sign), sign + " in " + text);
    }
  }
}
