package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.report.LlamaBenchTable;
import dev.ridgepoint.bench.report.Report;
import dev.ridgepoint.bench.report.ReportCsv;
import dev.ridgepoint.bench.report.ReportJson;
import dev.ridgepoint.bench.report.TerminalTable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What the report's command prints. */
final class ReportOutput {
  @ArgGroup private Choice choice = new Choice();

  private static final class Choice {
    @Option(names = "--json", description = "Print report.json instead of the table.")
    private boolean json;

    @Option(
        names = "--csv",
        description = "Print report.csv instead, and techniques.csv behind an empty line.")
    private boolean csv;

    @Option(
        names = "--llama-bench",
        description = "Print the table as llama-bench has it, to be pasted beside its own.")
    private boolean llamaBench;
  }

  /**
   * The chosen form; a terminal's if none is.
   *
   * @param unicode whether the terminal shows more than ASCII
   */
  String render(Report report, boolean unicode) {
    if (choice.json) {
      return ReportJson.render(report);
    }
    if (choice.csv) {
      String points = ReportCsv.render(report);
      return report.techniques().isEmpty()
          ? points
          : points + "\n" + ReportCsv.renderTechniques(report);
    }
    return choice.llamaBench
        ? LlamaBenchTable.render(report)
        : TerminalTable.render(report, unicode);
  }
}
