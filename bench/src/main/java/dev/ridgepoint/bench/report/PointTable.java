package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.text.Units;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The table of all points, in HTML; sorted already, and sortable where scripts run. */
final class PointTable {

  /**
   * A column.
   *
   * @param unit below the heading, may be empty
   * @param sortKey what sorts the column, where it is a number
   */
  private record Column(
      String heading,
      String unit,
      boolean leftAligned,
      Function<Point, String> text,
      ToDoubleFunction<Point> sortKey) {}

  private static final List<Column> COLUMNS =
      List.of(
          number("#", "", p -> "" + p.number(), Point::number),
          new Column("Phase", "", true, p -> p.phase().label(), null),
          number("Threads", "", p -> "" + p.threads(), Point::threads),
          number("Batch", "", p -> "" + p.measured().batch(), p -> p.measured().batch()),
          number(
              "New", "tokens", p -> "" + p.measured().newTokens(), p -> p.measured().newTokens()),
          number(
              "Context", "tokens", p -> "" + p.measured().context(), p -> p.measured().context()),
          number("Intensity", "FLOP/B", p -> Units.significant(p.intensity()), Point::intensity),
          number("Time", "median ± 90 % CI", PointTable::time, Point::seconds),
          number(
              "Speed",
              "tokens/s",
              p -> Units.significant(p.tokensPerSecond()),
              Point::tokensPerSecond),
          number(
              "Compute",
              "GFLOP/s",
              p -> Units.significant(p.flopsPerSecond() / 1e9),
              Point::flopsPerSecond),
          number(
              "Traffic",
              "GB/s",
              p -> Units.significant(p.bytesPerSecond() / 1e9),
              Point::bytesPerSecond),
          number("Of roof", "", p -> Units.percent(p.fractionOfRoof()), Point::fractionOfRoof),
          new Column("Bound", "by", true, p -> Point.name(p.boundBy()), null),
          number(
              "Predicted",
              "bound",
              p -> Units.seconds(p.prediction().boundSeconds()),
              p -> p.prediction().boundSeconds()),
          number(
              "Predicted",
              "calibrated",
              p -> seconds(p.prediction().calibratedSeconds()),
              p -> p.prediction().calibratedSeconds().orElse(0)));

  private final Report report;

  PointTable(Report report) {
    this.report = report;
  }

  String html() {
    StringBuilder out = new StringBuilder();
    out.append("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Every point\">\n");
    out.append("<table class=\"sortable\">\n<thead>\n<tr>");
    for (Column column : COLUMNS) {
      boolean sorted = column.heading().equals("Of roof");
      out.append("<th scope=\"col\"").append(column.leftAligned() ? " class=\"left\"" : "");
      out.append(sorted ? " aria-sort=\"ascending\">" : ">").append(column.heading());
      if (!column.unit().isEmpty()) {
        out.append(" <span class=\"unit\">").append(HtmlReport.text(column.unit()));
        out.append("</span>");
      }
      out.append("</th>");
    }
    out.append("</tr>\n</thead>\n<tbody>\n");
    out.append(
        report.pointsByFractionOfRoof().stream()
            .map(PointTable::row)
            .collect(Collectors.joining()));
    return out.append("</tbody>\n</table>\n</div>\n").toString();
  }

  private static String row(Point point) {
    StringBuilder out = new StringBuilder("<tr>");
    for (Column column : COLUMNS) {
      String classes = column.leftAligned() ? "left" : "";
      if (column.heading().equals("Of roof") && point.isAboveRoof()) {
        classes = "defect";
      }
      out.append(classes.isEmpty() ? "<td" : "<td class=\"" + classes + "\"");
      if (column.sortKey() != null) {
        double key = column.sortKey().applyAsDouble(point);
        out.append(String.format(Locale.ROOT, " data-value=\"%s\"", key));
      }
      out.append('>').append(HtmlReport.text(column.text().apply(point))).append("</td>");
    }
    return out.append("</tr>\n").toString();
  }

  private static String time(Point point) {
    return Units.seconds(point.seconds())
        + (point.measured().secondsError().isPresent() ? " " : ", ")
        + point.measured().precision();
  }

  private static String seconds(OptionalDouble seconds) {
    return seconds.isPresent() ? Units.seconds(seconds.getAsDouble()) : "–";
  }

  private static Column number(
      String heading, String unit, Function<Point, String> text, ToDoubleFunction<Point> key) {
    return new Column(heading, unit, false, text, key);
  }
}
