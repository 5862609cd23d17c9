package dev.ridgepoint.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The points as llama-bench prints its own (ggml-org/llama.cpp, tools/llama-bench), to be pasted
 * below them: {@code pp512} is a prefill of 512 tokens, {@code tg1 @ d128} one generated token
 * after 128. Steps of several sequences are left out, because llama-bench has none.
 *
 * <p>Behind ± stands half the interval that holds the median with 90 %, as everywhere in the
 * report; llama-bench prints the mean and its samples' standard deviation.
 */
public final class LlamaBenchTable {
  private static final double MEBI = 1 << 20;
  private static final double GIBI = 1 << 30;

  /**
   * A column.
   *
   * @param width of the text; negative where it stands at the left
   */
  private record Column(String heading, int width) {
    String cell(String text) {
      return String.format(Locale.ROOT, "%" + width + "s", text);
    }

    String rule() {
      return "-".repeat(Math.abs(width) - 1) + (width > 0 ? ":" : "-");
    }
  }

  private static final List<Column> COLUMNS =
      List.of(
          new Column("model", -30),
          new Column("size", 10),
          new Column("params", 10),
          new Column("backend", -10),
          new Column("threads", 7),
          new Column("test", 15),
          new Column("t/s", 20));

  private LlamaBenchTable() {}

  /** The table in Markdown; lines end with \n. */
  public static String render(Report report) {
    StringBuilder out = new StringBuilder();
    out.append(line(COLUMNS.stream().map(Column::heading).toList()));
    out.append("| ")
        .append(String.join(" | ", COLUMNS.stream().map(Column::rule).toList()))
        .append(" |\n");
    report.points().stream()
        .filter(point -> point.measured().batch() == 1)
        .forEach(point -> out.append(line(cells(report, point))));
    return out.toString();
  }

  private static List<String> cells(Report report, Point point) {
    return List.of(
        report.run().modelName() + " " + report.model().dtype().toUpperCase(Locale.ROOT),
        size(report.model().weightBytes()),
        parameters(report.model().parameters()),
        "Ridgepoint",
        Integer.toString(point.threads()),
        test(point.measured()),
        rate(point));
  }

  private static String size(long bytes) {
    return bytes < GIBI ? fixed(bytes / MEBI) + " MiB" : fixed(bytes / GIBI) + " GiB";
  }

  private static String parameters(long number) {
    return number < 1e9 ? fixed(number / 1e6) + " M" : fixed(number / 1e9) + " B";
  }

  private static String test(MeasuredPoint point) {
    String test = (point.phase() == Phase.PREFILL ? "pp" : "tg") + point.newTokens();
    return point.context() > 0 ? test + " @ d" + point.context() : test;
  }

  /** An error of a time is, relative to it, that of the rate. A single sample has none. */
  private static String rate(Point point) {
    double rate = point.tokensPerSecond();
    return fixed(rate) + " ± " + fixed(rate * point.measured().relativeError().orElse(0));
  }

  private static String fixed(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static String line(List<String> texts) {
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      cells.add(COLUMNS.get(i).cell(texts.get(i)));
    }
    return "| " + String.join(" | ", cells) + " |\n";
  }
}
