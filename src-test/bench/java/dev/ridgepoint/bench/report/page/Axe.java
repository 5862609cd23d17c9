package dev.ridgepoint.bench.report.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Deque's axe, which finds barriers in the page that is open. */
final class Axe {
  private static final String VIOLATIONS =
      """
      axe.run().then((result) => result.violations.map((each) =>
        each.id + ': ' + each.nodes.map((node) => node.html + ' ' + node.failureSummary).join('; '))
        .join('\\n'))
      """;

  private Axe() {}

  /** What it finds, a line each; empty if nothing. */
  static String violations(Chromium browser) throws IOException {
    try (InputStream in = Axe.class.getResourceAsStream("/axe.min.js")) {
      browser.run(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
    return (String) browser.evaluate(VIOLATIONS);
  }
}
