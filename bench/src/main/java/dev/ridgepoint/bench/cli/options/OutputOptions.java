package dev.ridgepoint.bench.cli.options;

import dev.ridgepoint.bench.text.Document;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How tables are written. */
public final class OutputOptions {
  @ArgGroup private Choice choice = new Choice();

  private static final class Choice {
    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--csv", description = "Print CSV, with every digit.")
    private boolean csv;

    @Option(names = "--markdown", description = "Print Markdown.")
    private boolean markdown;
  }

  /** The chosen form; a terminal's if none is. */
  public Document document() {
    if (choice.json) {
      return Document.JSON;
    }
    if (choice.csv) {
      return Document.CSV;
    }
    return choice.markdown ? Document.MARKDOWN : Document.TEXT;
  }
}
