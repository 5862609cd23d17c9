package dev.ridgepoint.bench.report.page;

import dev.ridgepoint.bench.report.Report;
import dev.ridgepoint.bench.report.ReportJson;
import java.util.List;

/** The report as one HTML file that needs nothing beside itself. */
public final class Page {
  private static final List<String> SCRIPTS =
      List.of("explorer.js", "sections.js", "running.js", "page.js");

  private Page() {}

  /** The page. */
  public static String render(Report report) {
    return PageFile.render(
        "page.html",
        "Roofline of " + report.run().modelName(),
        report.summary(),
        ReportJson.render(report),
        SCRIPTS);
  }
}
