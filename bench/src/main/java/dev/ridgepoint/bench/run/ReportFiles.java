package dev.ridgepoint.bench.run;

import dev.ridgepoint.bench.AtomicFiles;
import dev.ridgepoint.bench.report.Report;
import dev.ridgepoint.bench.report.ReportCsv;
import dev.ridgepoint.bench.report.ReportJson;
import dev.ridgepoint.bench.report.page.Page;
import dev.ridgepoint.bench.report.page.RooflineSvg;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A report's files in its folder, the machine's apart. */
final class ReportFiles {
  private static final JsonMapper JSON = JsonMapper.shared();

  private ReportFiles() {}

  /**
   * Writes all, each whole or not at all; while the run lasts the page and its numbers alone, since
   * the picture takes a second.
   */
  static void write(Path folder, Report report, Collection<List<JsonNode>> results)
      throws IOException {
    List<JsonNode> all = results.stream().flatMap(List::stream).toList();
    AtomicFiles.write(
        folder.resolve("jmh.json"), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all));
    AtomicFiles.write(folder.resolve("report.json"), ReportJson.render(report));
    AtomicFiles.write(folder.resolve("report.html"), Page.render(report));
    if (report.run().progress().isEmpty()) {
      AtomicFiles.write(folder.resolve("report.csv"), ReportCsv.render(report));
      AtomicFiles.write(folder.resolve("roofline.svg"), RooflineSvg.render(report));
      if (!report.techniques().isEmpty()) {
        AtomicFiles.write(folder.resolve("techniques.csv"), ReportCsv.renderTechniques(report));
      }
    }
  }
}
