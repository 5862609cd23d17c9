package dev.ridgepoint.bench.report;

import java.util.ArrayList;
import java.util.Collections;
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

  private static final List<Column> SETUP =
      List.of(
          new Column("model", -30),
          new Column("size", 10),
          new Column("params", 10),
          new Column("backend", -10),
          new Column("threads", 7));

  /** Which llama-bench prints where caches are not as usual. */
  private static final List<Column> CACHE =
      List.of(new Column("type_k", 6), new Column("type_v", 6));

  private static final List<Column> RESULT = List.of(new Column("test", 15), new Column("t/s", 20));

  private LlamaBenchTable() {}

  /** The table in Markdown; lines end with \n. */
  public static String render(Report report) {
    List<Column> columns = new ArrayList<>(SETUP);
    if (report.model().hasNarrowCache()) {
      columns.addAll(CACHE);
    }
    columns.addAll(RESULT);
    StringBuilder out = new StringBuilder();
    out.append(line(columns, columns.stream().map(Column::heading).toList()));
    out.append("| ")
        .append(String.join(" | ", columns.stream().map(Column::rule).toList()))
        .append(" |\n");
    report.points().stream()
        .filter(point -> point.measured().batch() == 1)
        .forEach(point -> out.append(line(columns, cells(report, point))));
    return out.toString();
  }

  private static List<String> cells(Report report, Point point) {
    List<String> cells = new ArrayList<>();
    cells.add(report.run().modelName() + " " + report.model().dtype().toUpperCase(Locale.ROOT));
    cells.add(size(report.model().weightBytes()));
    cells.add(parameters(report.model().parameters()));
    cells.add("Ridgepoint");
    cells.add(Integer.toString(point.threads()));
    if (report.model().hasNarrowCache()) {
      cells.addAll(Collections.nCopies(CACHE.size(), report.model().kvDtype()));
    }
    cells.add(test(point.measured()));
    cells.add(rate(point));
    return cells;
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

  private static String line(List<Column> columns, List<String> texts) {
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      cells.add(columns.get(i).cell(texts.get(i)));
    }
    return "| " + String.join(" | ", cells) + " |\n";
  }
}
