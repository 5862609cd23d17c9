package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.report.Label.Anchor;
import dev.ridgepoint.bench.text.Units;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * Predicted over measured time, a row per point: the calibrated prediction should lie in the band
 * around 1, the bound left of 1.
 */
final class PredictionChart {
  /** What the calibrated prediction promises, either way. */
  static final double TOLERANCE = 0.15;

  private static final double WORST_SHOWN = 2;

  private final Report report;
  private final Layout layout;
  private final double font;
  private final double rowHeight;
  private final Svg svg;
  private final double left;
  private final double right;
  private final double least;
  private final double most;

  private PredictionChart(Report report, Layout layout, String id) {
    this.report = report;
    this.layout = layout;
    this.font = layout.fontSize();
    this.rowHeight = layout.isWide() ? 21 : 34;
    this.svg = new Svg(id, layout.width(), "Predicted over measured time", Method.accuracy(report));
    this.left = layout.isWide() ? 330 : 20;
    this.right = layout.width() - (layout.isWide() ? 80 : 66);
    List<Double> ratios =
        report.points().stream()
            .flatMap(
                p ->
                    Stream.of(
                        p.prediction().boundSeconds() / p.seconds(),
                        p.predictedSeconds() / p.seconds()))
            .toList();
    double lowest = ratios.stream().mapToDouble(r -> r).min().orElseThrow();
    double highest = ratios.stream().mapToDouble(r -> r).max().orElseThrow();
    least = Math.max(0, Math.min(0.5, Math.floor(lowest * 10 - 0.5) / 10));
    most = Math.min(WORST_SHOWN, Math.max(1.3, Math.ceil(highest * 10 + 0.5) / 10));
  }

  /** The drawing; {@code id} must be unique within the page. */
  static Svg draw(Report report, Layout layout, String id) {
    return new PredictionChart(report, layout, id).draw();
  }

  private Svg draw() {
    double top = 44;
    double bottom = top + rowHeight * report.points().size();
    svg.rect(x(1 - TOLERANCE), top, x(1 + TOLERANCE) - x(1 - TOLERANCE), bottom - top, "band");
    for (int tenth = (int) Math.ceil(least * 10 - 1e-9); tenth <= most * 10 + 1e-9; tenth++) {
      svg.line(x(tenth / 10.0), top, x(tenth / 10.0), bottom, "grid minor");
      if (tenth % (layout.isWide() ? 1 : 2) == 0) {
        String text = "%s.%s".formatted(tenth / 10, tenth % 10);
        svg.text(Label.at(x(tenth / 10.0), bottom + font + 5, Anchor.MIDDLE, font, "muted", text));
      }
    }
    svg.line(x(1), top, x(1), bottom, "reference");
    svg.text(
        Label.at(
            x(1),
            bottom + 2.7 * font + 5,
            Anchor.MIDDLE,
            font,
            "axis-name",
            "Predicted / measured time"));
    key();
    double y = top + rowHeight / 2;
    for (Point point : report.points()) {
      row(point, y);
      y += rowHeight;
    }
    return svg.height(bottom + 3.2 * font + 8);
  }

  private void key() {
    double y = 16;
    svg.beginGroup("point sign", "calibrated prediction");
    svg.marker(Svg.Shape.CIRCLE, 22, y - 4, 4.5, "measured");
    svg.endGroup();
    svg.text(Label.at(32, y, Anchor.START, font, "muted", "calibrated"));
    svg.beginGroup("point sign", "bound");
    svg.marker(Svg.Shape.DIAMOND, 122, y - 4, 4.5, "predicted");
    svg.endGroup();
    svg.text(Label.at(132, y, Anchor.START, font, "muted", "bound (roofs alone)"));
    svg.rect(268, y - 10, 16, 12, "band");
    svg.text(Label.at(290, y, Anchor.START, font, "muted", "within " + Units.percent(TOLERANCE)));
    svg.text(
        Label.at(
            layout.width() - 12,
            36,
            Anchor.END,
            font,
            "muted",
            layout.isWide() ? "calibrated is off by" : "off by"));
  }

  private void row(Point point, double y) {
    double markerY = layout.isWide() ? y : y + 8;
    String name = point.number() + ": " + Describe.step(point);
    double room = layout.isWide() ? left - 30 : layout.width() - 32;
    svg.text(
        Label.at(
            16,
            layout.isWide() ? y + 4 : y - 3,
            Anchor.START,
            font,
            "",
            TextMetrics.shorten(name, font, room)));
    svg.beginGroup("point " + point.phase().label(), name);
    double bound = point.prediction().boundSeconds() / point.seconds();
    svg.line(x(bound), markerY, x(1), markerY, "to-roof");
    svg.marker(Svg.Shape.DIAMOND, x(bound), markerY, 4.5, "predicted");
    OptionalDouble calibrated = point.prediction().calibratedSeconds();
    if (calibrated.isPresent()) {
      double ratio = calibrated.getAsDouble() / point.seconds();
      boolean off = Math.abs(ratio - 1) > TOLERANCE;
      svg.marker(
          RooflineChart.shape(point.phase()),
          x(ratio),
          markerY,
          4.5,
          off ? "measured defect" : "measured");
    }
    svg.endGroup();
    if (calibrated.isPresent()) {
      double error = calibrated.getAsDouble() / point.seconds() - 1;
      svg.text(
          Label.at(
              layout.width() - 12,
              markerY + 4,
              Anchor.END,
              font,
              Math.abs(error) > TOLERANCE ? "strong warn" : "",
              signed(error)));
    }
  }

  private static String signed(double fraction) {
    return (fraction >= 0 ? "+" : "−") + Units.percent(Math.abs(fraction));
  }

  private double x(double ratio) {
    return left + (Math.clamp(ratio, least, most) - least) / (most - least) * (right - left);
  }
}
