package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.text.Document;
import dev.ridgepoint.bench.text.TextTables;
import dev.ridgepoint.bench.text.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * The report for a terminal: summary, chart, table, short explanation. No colours, at most 110
 * columns.
 */
public final class TerminalTable {
  private static final int WIDTH = 100;
  private static final List<String> HEADINGS =
      List.of(
          "#",
          "phase",
          "thr",
          "batch",
          "new",
          "ctx",
          "FLOP/B",
          "time/step",
          "err",
          "tokens/s",
          "GFLOP/s",
          "GB/s",
          "roof",
          "bound",
          "predicted");

  private static final List<String> WORDS = List.of("phase", "bound");

  /** What a first look shows: of so few samples the rest says little. */
  private static final Predicate<String> IN_SHORT =
      Set.of("#", "phase", "batch", "new", "ctx", "time/step", "tokens/s", "roof", "bound")
          ::contains;

  private TerminalTable() {}

  /**
   * The text, lines separated by \n.
   *
   * @param unicode whether the terminal shows more than ASCII; if not, signs are spelt out
   */
  public static String render(Report report, boolean unicode) {
    StringBuilder out = new StringBuilder();
    out.append(wrapped(report.summary())).append('\n');
    out.append(TerminalChart.render(report.panels().getFirst(), unicode)).append('\n');
    table(report, any -> true, out);
    out.append('\n');
    for (Explanation.Section section : Explanation.of(report)) {
      out.append(section.title()).append('\n');
      section.paragraphs().forEach(p -> out.append(wrapped(p)));
      out.append('\n');
    }
    techniques(report.techniques(), out);
    out.append(wrapped(Accuracy.of(report)));
    for (Warning warning : report.warnings()) {
      out.append(wrapped("Warning: " + report.sentence(warning)));
    }
    return unicode ? out.toString() : ascii(out.toString());
  }

  /**
   * The report in short, while it is still being measured: verdict, chart and a narrow table.
   *
   * @param unicode as of {@link #render}
   */
  public static String firstLook(Report report, boolean unicode) {
    StringBuilder out = new StringBuilder();
    out.append(wrapped(report.summary())).append('\n');
    out.append(TerminalChart.render(report.panels().getFirst(), unicode)).append('\n');
    table(report, IN_SHORT, out);
    return unicode ? out.toString() : ascii(out.toString());
  }

  private static void table(Report report, Predicate<String> isShown, StringBuilder out) {
    List<Integer> columns =
        IntStream.range(0, HEADINGS.size())
            .filter(column -> isShown.test(HEADINGS.get(column)))
            .boxed()
            .toList();
    List<List<String>> rows = new ArrayList<>();
    rows.add(columns.stream().map(HEADINGS::get).toList());
    for (Point point : report.pointsByFractionOfRoof()) {
      rows.add(columns.stream().map(cells(point)::get).toList());
    }
    List<String> headings = rows.getFirst();
    List<String> lines = TextTables.aligned(rows, column -> !WORDS.contains(headings.get(column)));
    out.append(lines.getFirst()).append('\n');
    out.append("-".repeat(lines.getFirst().length())).append('\n');
    lines.stream().skip(1).forEach(line -> out.append(line).append('\n'));
  }

  private static void techniques(List<Technique> techniques, StringBuilder out) {
    if (techniques.isEmpty()) {
      return;
    }
    out.append("Techniques: how many times as fast as without\n");
    out.append(Document.TEXT.render(TechniquesTable.brief(techniques))).append('\n');
    for (Technique each : techniques) {
      out.append(
          wrapped(
              "%s: %s. %s %s"
                  .formatted(each.name(), each.compared(), each.verdict(), each.explanation())));
    }
    out.append('\n');
  }

  private static List<String> cells(Point point) {
    return List.of(
        Integer.toString(point.number()),
        point.phase().label(),
        Integer.toString(point.threads()),
        Integer.toString(point.measured().batch()),
        Integer.toString(point.measured().newTokens()),
        Integer.toString(point.measured().context()),
        Units.significant(point.intensity()),
        Units.seconds(point.seconds()),
        error(point.measured()),
        Units.significant(point.tokensPerSecond()),
        Units.significant(point.flopsPerSecond() / 1e9),
        Units.significant(point.bytesPerSecond() / 1e9),
        Units.percent(point.fractionOfRoof()).replace(" ", "") + (point.isAboveRoof() ? "!" : ""),
        Point.name(point.boundBy()),
        Units.seconds(point.predictedSeconds()));
  }

  /** Empty of a single sample; with a question mark of too few for an interval. */
  private static String error(MeasuredPoint measured) {
    OptionalDouble error = measured.relativeError();
    if (error.isEmpty()) {
      return "";
    }
    return Units.percent(error.getAsDouble()).replace(" ", "")
        + (measured.hasInterval() ? "" : "?");
  }

  private static String wrapped(String paragraph) {
    StringBuilder out = new StringBuilder();
    int column = 0;
    for (String word : paragraph.split(" ")) {
      if (column > 0 && column + 1 + word.length() > WIDTH) {
        out.append('\n');
        column = 0;
      }
      if (column > 0) {
        out.append(' ');
        column++;
      }
      out.append(word);
      column += word.length();
    }
    return out.append('\n').toString();
  }

  private static String ascii(String text) {
    return text.replace("±", "+-")
        .replace("µ", "u")
        .replace("×", "x")
        .replaceAll("[–−]", "-")
        .replaceAll("[^\\x00-\\x7F]", "?");
  }
}
