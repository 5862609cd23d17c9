package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.report.Label.Anchor;
import dev.ridgepoint.bench.text.Units;
import java.util.List;

/** The key of a {@link RooflineChart}: what the numbers at the points mean, and the signs. */
final class RooflineKey {
  private final Svg svg;
  private final double font;
  private final double lineHeight;
  private final double left;
  private final double right;

  RooflineKey(Svg svg, Layout layout, double left, double right) {
    this.svg = svg;
    this.font = layout.fontSize();
    this.lineHeight = layout.lineHeight() + 1;
    this.left = left;
    this.right = right;
  }

  /** Draws downwards from {@code top} and returns where it ended. */
  double draw(Panel panel, double top) {
    double line = top + font;
    for (Phase phase : List.of(Phase.DECODE, Phase.PREFILL)) {
      List<Point> points = panel.points(phase);
      if (!points.isEmpty()) {
        line = points(phase, points, line) + 8;
      }
    }
    return signs(panel, line + 4);
  }

  private double points(Phase phase, List<Point> points, double top) {
    double line = top;
    String name = phase == Phase.DECODE ? "Decode" : "Prefill";
    text(left, line, Anchor.START, "strong " + phase.label(), name);
    text(right - 56, line, Anchor.END, "muted", "tokens/s");
    text(right, line, Anchor.END, "muted", "of roof");
    svg.line(left, line + 5, right, line + 5, "grid");
    for (Point point : points) {
      line += lineHeight;
      text(left + 16, line + 2, Anchor.END, "strong " + phase.label(), "" + point.number());
      String shape = TextMetrics.shorten(point.shape(), font, right - left - 134);
      text(left + 26, line + 2, Anchor.START, "", shape);
      text(right - 56, line + 2, Anchor.END, "", Units.significant(point.tokensPerSecond()));
      String percent = Units.percent(point.fractionOfRoof());
      text(right, line + 2, Anchor.END, point.isAboveRoof() ? "strong warn" : "", percent);
    }
    return line + lineHeight;
  }

  private double signs(Panel panel, double top) {
    double line = top;
    double x = left + 10;
    for (Phase phase : List.of(Phase.DECODE, Phase.PREFILL)) {
      if (!panel.points(phase).isEmpty()) {
        svg.beginGroup("point " + phase.label(), phase.label());
        svg.marker(RooflineChart.shape(phase), x, line - 4, 4.5, "measured");
        svg.endGroup();
        text(left + 26, line, Anchor.START, "muted", phase.label() + ", measured");
        line += lineHeight;
      }
    }
    boolean calibrated =
        panel.points().stream().anyMatch(p -> p.prediction().calibratedSeconds().isPresent());
    Svg.Shape ring = RooflineChart.shape(panel.points().getFirst().phase());
    svg.beginGroup("point sign", "prediction");
    svg.marker(ring, x, line - 4, 6.5, "predicted");
    svg.endGroup();
    text(
        left + 26,
        line,
        Anchor.START,
        "muted",
        calibrated ? "predicted, calibrated" : "predicted, bound");
    line += lineHeight;
    svg.beginGroup("point sign", "confidence interval");
    svg.line(x, line - 9, x, line + 1, "error");
    svg.line(x - 4, line - 9, x + 4, line - 9, "error");
    svg.line(x - 4, line + 1, x + 4, line + 1, "error");
    svg.endGroup();
    text(left + 26, line, Anchor.START, "muted", "90 % interval of the median");
    line += lineHeight;
    svg.beginGroup("point sign", "distance to the roof");
    svg.line(x, line - 10, x, line + 2, "to-roof");
    svg.endGroup();
    text(left + 26, line, Anchor.START, "muted", "distance to its roof");
    return line + lineHeight;
  }

  private void text(double x, double y, Anchor anchor, String style, String text) {
    svg.text(Label.at(x, y, anchor, font, style, text));
  }
}
