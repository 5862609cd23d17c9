package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.report.Label.Anchor;
import dev.ridgepoint.bench.text.Units;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The roofline: attainable and measured FLOP/s over arithmetic intensity, both logarithmic with
 * decades of one length, so that memory roofs rise at 45 degrees. One drawing holds the points of
 * one {@link Panel}; all drawings of a report share their axes.
 */
final class RooflineChart {
  private static final double MARKER = 4.5;
  private static final double RING = 7.5;
  private static final double[] LABEL_DISTANCES = {11, 18, 28, 40, 54, 70, 90};
  private static final double[] LABEL_ANGLES = {0, 35, 70, 110, 145, 180, -35, -145, -70, -110};

  private final Report report;
  private final Panel panel;
  private final Layout layout;
  private final double font;
  private final Svg svg;
  private LogAxis x;
  private LogAxis y;
  private LabelPlacer placer;

  private RooflineChart(Report report, Panel panel, Layout layout, String id) {
    this.report = report;
    this.panel = panel;
    this.layout = layout;
    this.font = layout.fontSize();
    String title = "Roofline of " + panel.title(report);
    this.svg = new Svg(id, layout.width(), title, describe());
  }

  /** The drawing of {@code panel}; {@code id} must be unique within the page. */
  static Svg draw(Report report, Panel panel, Layout layout, String id) {
    return new RooflineChart(report, panel, layout, id).draw();
  }

  private Svg draw() {
    double top = header();
    RooflineAxes axes = RooflineAxes.of(report, layout, top);
    x = axes.x();
    y = axes.y();
    placer = new LabelPlacer(x.start(), y.end(), x.end(), y.start());
    grid();
    regions();
    avoidPoints();
    roofs();
    panel.points().forEach(this::drawPoint);
    panel.points().forEach(this::nameOf);
    double plotBottom = y.start() + 2.6 * layout.lineHeight() + 6;
    double bottom;
    if (layout.isWide()) {
      RooflineKey key = new RooflineKey(svg, layout, x.end() + 28, layout.width() - 16);
      bottom = Math.max(plotBottom, key.draw(panel, y.end()));
    } else {
      bottom = new RooflineKey(svg, layout, 16, layout.width() - 16).draw(panel, plotBottom + 8);
    }
    return svg.height(footer(bottom + 6));
  }

  private double header() {
    double line = 26;
    for (String text : TextMetrics.wrap(panel.title(report), font + 4, layout.width() - 32)) {
      svg.text(Label.at(16, line, Anchor.START, font + 4, "strong", text));
      line += font + 9;
    }
    String machine =
        report.machine().cpu()
            + ", "
            + report.machine().vectorBits()
            + "-bit vectors, "
            + report.run().jdk();
    for (String text : TextMetrics.wrap(machine, font, layout.width() - 32)) {
      svg.text(Label.at(16, line, Anchor.START, font, "muted", text));
      line += layout.lineHeight();
    }
    return line + 2;
  }

  private double footer(double top) {
    String text =
        "Intensity: FLOPs over compulsory bytes, both counted from the model's shapes. Roofs: best"
            + " of several measurements with the same number of threads. Points: median, with 90 %"
            + " confidence interval, of this machine in the state it was in.";
    double line = top + font;
    for (String part : TextMetrics.wrap(text, font - 1, layout.width() - 32)) {
      svg.text(Label.at(16, line, Anchor.START, font - 1, "muted", part));
      line += layout.lineHeight();
    }
    return line + 4;
  }

  private void regions() {
    double peak = panel.peakFlopsPerSecond();
    double bandwidth = panel.memory().bytesPerSecond();
    double ridge = Math.clamp(peak / bandwidth, x.min(), x.max());
    double bottomLeft = Math.max(x.min(), y.min() / bandwidth);
    svg.polygon(
        "memory-region",
        x.at(bottomLeft),
        y.start(),
        x.at(bottomLeft),
        y.at(bottomLeft * bandwidth),
        x.at(ridge),
        y.at(ridge * bandwidth),
        x.at(ridge),
        y.start());
    svg.rect(
        x.at(ridge), y.at(peak), x.end() - x.at(ridge), y.start() - y.at(peak), "compute-region");
    double baseline = y.start() - 7;
    Label memory =
        Label.at(x.at(ridge) - 8, baseline, Anchor.END, font, "region-name", "memory-bound");
    Label compute =
        Label.at(x.at(ridge) + 8, baseline, Anchor.START, font, "region-name", "compute-bound");
    for (Label label : List.of(memory, compute)) {
      placer.placeIfFree(List.of(label)).ifPresent(svg::text);
    }
  }

  private void grid() {
    for (LogAxis.Tick tick : x.ticks()) {
      double at = x.at(tick.value());
      svg.line(at, y.start(), at, y.end(), tick.decade() ? "grid" : "grid minor");
      if (isLabelled(tick, x)) {
        String text = plain(tick.value());
        double farthest = layout.width() - 4 - TextMetrics.width(text, font) / 2;
        double centre = Math.min(at, farthest);
        svg.text(Label.at(centre, y.start() + font + 5, Anchor.MIDDLE, font, "muted", text));
      }
    }
    for (LogAxis.Tick tick : y.ticks()) {
      double at = y.at(tick.value());
      svg.line(x.start(), at, x.end(), at, tick.decade() ? "grid" : "grid minor");
      if (isLabelled(tick, y)) {
        String text = plain(tick.value() / 1e9);
        svg.text(Label.at(x.start() - 7, at + 0.35 * font, Anchor.END, font, "muted", text));
      }
    }
    svg.line(x.start(), y.start(), x.end(), y.start(), "axis");
    svg.line(x.start(), y.start(), x.start(), y.end(), "axis");
    double middle = (x.start() + x.end()) / 2;
    svg.text(
        Label.at(
            middle,
            y.start() + 2.6 * layout.lineHeight(),
            Anchor.MIDDLE,
            font,
            "axis-name",
            "Arithmetic intensity (FLOP per byte)"));
    double centre = (y.start() + y.end()) / 2;
    svg.text(
        new Label(
            "Performance (GFLOP/s)", font + 3, centre, Anchor.MIDDLE, font, -90, "axis-name"));
  }

  private boolean isLabelled(LogAxis.Tick tick, LogAxis axis) {
    double perDecade =
        Math.abs(axis.end() - axis.start()) / LogAxis.decades(axis.min(), axis.max());
    long leading =
        Math.round(tick.value() / Math.pow(10, Math.floor(Math.log10(tick.value()) + 1e-9)));
    return tick.decade() || (perDecade > 130 && (leading == 2 || leading == 5));
  }

  private static String plain(double value) {
    return new BigDecimal(value).round(new MathContext(1)).stripTrailingZeros().toPlainString();
  }

  private void roofs() {
    double peak = panel.peakFlopsPerSecond();
    double main = panel.memory().bytesPerSecond();
    double peakY = y.at(peak);
    List<MemoryLevel> levels = panel.levels();
    double fastest =
        Math.max(main, levels.stream().mapToDouble(MemoryLevel::bytesPerSecond).max().orElse(main));
    svg.line(x.at(peak / fastest), peakY, x.end(), peakY, "roof faint");
    svg.line(x.at(peak / main), peakY, x.end(), peakY, "roof main");
    placer.avoidLine(x.at(peak / fastest), peakY, x.end(), peakY);
    for (MemoryLevel level : levels) {
      double bandwidth = level.bytesPerSecond();
      double from = Math.max(x.min(), y.min() / bandwidth);
      double to = Math.min(x.max(), peak / bandwidth);
      if (from < to) {
        double[] line = {x.at(from), y.at(from * bandwidth), x.at(to), y.at(to * bandwidth)};
        boolean isMain = bandwidth == main;
        svg.line(line[0], line[1], line[2], line[3], isMain ? "roof main" : "roof faint");
        placer.avoidLine(line[0], line[1], line[2], line[3]);
      }
    }
    Label peakLabel =
        Label.at(
            x.end() - 4,
            peakY - 6,
            Anchor.END,
            font,
            "roof-name strong halo",
            (layout.isWide() ? "FMA peak " : "peak ") + Units.flopsPerSecond(peak));
    svg.text(placer.place(List.of(peakLabel)));
    ridges(peakY);
    for (int i = levels.size() - 1; i >= 0; i--) {
      memoryRoofName(levels.get(i), i == 0, i == levels.size() - 1);
    }
  }

  private void ridges(double peakY) {
    double peak = panel.peakFlopsPerSecond();
    double main = peak / panel.memory().bytesPerSecond();
    if (x.contains(main)) {
      svg.line(x.at(main), peakY, x.at(main), y.start(), "ridge-line");
      svg.marker(Svg.Shape.DIAMOND, x.at(main), peakY, 4, "ridge");
      svg.text(
          placer.place(above(x.at(main), peakY, "strong", "ridge point " + Units.intensity(main))));
    }
    for (MemoryLevel level : panel.levels()) {
      double ridge = peak / level.bytesPerSecond();
      if (ridge != main && x.contains(ridge)) {
        svg.marker(Svg.Shape.DIAMOND, x.at(ridge), peakY, 3, "ridge");
        placer
            .placeIfFree(above(x.at(ridge), peakY, "muted", Units.significant(ridge)))
            .ifPresent(svg::text);
      }
    }
  }

  private List<Label> above(double centre, double lineY, String style, String text) {
    return List.of(
        Label.at(centre, lineY - 8, Anchor.MIDDLE, font, style + " halo", text),
        Label.at(centre, lineY - 8 - 1.3 * font, Anchor.MIDDLE, font, style + " halo", text));
  }

  /**
   * Writes a level's name along its roof, at the lowest place where it covers nothing: above the
   * line or below it, with its working sets or without. Where there is no such place, a cache stays
   * unnamed, but not the memory that the points are compared with.
   */
  private void memoryRoofName(MemoryLevel level, boolean first, boolean last) {
    String name = level.name() + " " + Units.bytesPerSecond(level.bytesPerSecond());
    List<Label> candidates = new ArrayList<>();
    if (layout.isWide()) {
      String withSizes = name + " (" + level.sizes(first, last) + ")";
      candidates.addAll(alongRoof(level.bytesPerSecond(), withSizes, last));
    }
    candidates.addAll(alongRoof(level.bytesPerSecond(), name, last));
    placer
        .placeIfFree(candidates)
        .or(() -> last ? candidates.stream().findFirst() : Optional.empty())
        .ifPresent(svg::text);
  }

  private List<Label> alongRoof(double bandwidth, String text, boolean isMain) {
    double from = Math.max(x.min(), y.min() / bandwidth);
    double startX = x.at(from);
    double startY = y.at(from * bandwidth);
    double peak = panel.peakFlopsPerSecond();
    double diagonal = Math.sqrt(0.5);
    double length = (x.at(peak / bandwidth) - startX) / diagonal;
    List<Label> labels = new ArrayList<>();
    for (double offset : new double[] {-5, font + 3}) {
      for (double along = 6; along < length; along += 6) {
        labels.add(
            new Label(
                text,
                startX + (along + offset) * diagonal,
                startY - (along - offset) * diagonal,
                Anchor.START,
                font,
                -45,
                "roof-name halo" + (isMain ? " strong" : "")));
      }
    }
    labels.removeIf(label -> !label.box().isWithin(x.start(), y.at(peak), x.end(), y.start()));
    return labels;
  }

  private void avoidPoints() {
    for (Point point : panel.points()) {
      double px = x.at(point.intensity());
      double py = y.at(point.flopsPerSecond());
      placer.avoidMarker(px, py, RING);
      placer.avoidMarker(px, predictedY(point), RING);
      placer.avoidLine(px, py, px, y.at(point.attainableFlopsPerSecond()));
    }
  }

  private void drawPoint(Point point) {
    double px = x.at(point.intensity());
    double py = y.at(point.flopsPerSecond());
    double error = point.measured().secondsError().orElse(0);
    double slowest = point.flops() / (point.seconds() + error);
    double shortest = point.seconds() - error;
    double fastest = shortest > 0 ? point.flops() / shortest : y.max();
    Svg.Shape shape = shape(point.phase());
    String phase = point.phase().label();
    svg.beginGroup("point " + phase, Describe.point(point));
    svg.line(px, py, px, y.at(point.attainableFlopsPerSecond()), "to-roof");
    svg.marker(shape, px, predictedY(point), RING, "predicted");
    if (point.measured().secondsError().isPresent()) {
      svg.line(px, y.at(slowest), px, y.at(fastest), "error");
      svg.line(px - 4, y.at(slowest), px + 4, y.at(slowest), "error");
      svg.line(px - 4, y.at(fastest), px + 4, y.at(fastest), "error");
    }
    svg.marker(shape, px, py, MARKER, point.isAboveRoof() ? "measured defect" : "measured");
    svg.endGroup();
  }

  private double predictedY(Point point) {
    return y.at(point.flops() / point.predictedSeconds());
  }

  /** Writes number and percentage beside a point, with a thin leader where it had to move away. */
  private void nameOf(Point point) {
    double px = x.at(point.intensity());
    double py = y.at(point.flopsPerSecond());
    String text = point.number() + ": " + Units.percent(point.fractionOfRoof());
    String style = "point-name halo " + point.phase().label();
    List<Label> candidates = new ArrayList<>();
    for (double distance : LABEL_DISTANCES) {
      for (double angle : LABEL_ANGLES) {
        double cos = Math.cos(Math.toRadians(angle));
        double sin = Math.sin(Math.toRadians(angle));
        Anchor anchor = cos > 0.3 ? Anchor.START : cos < -0.3 ? Anchor.END : Anchor.MIDDLE;
        candidates.add(
            Label.at(
                px + distance * cos,
                py + distance * sin + 0.35 * font + (Math.abs(cos) > 0.3 ? 0 : 0.4 * font * sin),
                anchor,
                font,
                style,
                text));
      }
    }
    Label label = placer.place(candidates);
    double dx = label.x() - px;
    double dy = label.y() - 0.35 * font - py;
    double distance = Math.hypot(dx, dy);
    if (distance > 20) {
      double gap = (RING + 1) / distance;
      svg.line(px + gap * dx, py + gap * dy, px + 0.93 * dx, py + 0.93 * dy, "leader");
    }
    svg.text(label);
  }

  static Svg.Shape shape(Phase phase) {
    return phase == Phase.DECODE ? Svg.Shape.CIRCLE : Svg.Shape.SQUARE;
  }

  private String describe() {
    StringBuilder text = new StringBuilder();
    text.append("Log-log plot of FLOP/s over FLOPs per byte. Compute roof: ");
    text.append(Units.flopsPerSecond(panel.peakFlopsPerSecond())).append(". Memory roofs:");
    for (MemoryLevel level : panel.levels()) {
      text.append(' ').append(level.name()).append(' ');
      text.append(Units.bytesPerSecond(level.bytesPerSecond())).append(';');
    }
    text.append(" Points:");
    panel.points().forEach(p -> text.append(' ').append(Describe.point(p)).append('.'));
    return text.toString();
  }
}
