package dev.ridgepoint.bench.compare;

import dev.ridgepoint.bench.report.page.PageFile;
import java.util.List;

/** A comparison as one HTML file that needs nothing beside itself. */
public final class ComparisonPage {
  private static final List<String> SCRIPTS = List.of("comparecharts.js", "compare.js");

  private ComparisonPage() {}

  /** The page. */
  public static String render(Comparison comparison) {
    return PageFile.render(
        "compare.html",
        "Comparison of " + comparison.measurements().size() + " measurements",
        Summary.of(comparison),
        ComparisonJson.render(comparison),
        SCRIPTS);
  }
}
