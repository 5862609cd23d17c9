package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.report.Label.Anchor;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.hardware.Machine.Bandwidth;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Read bandwidth over the working set, with the plateaus that became memory roofs: it lets a reader
 * judge those roofs. One curve for each number of threads in the report.
 */
final class BandwidthChart {
  private static final int STYLES = 4;
  private static final List<Svg.Shape> SHAPES =
      List.of(Svg.Shape.CIRCLE, Svg.Shape.SQUARE, Svg.Shape.DIAMOND);

  private final Report report;
  private final List<Panel> panels;
  private final Layout layout;
  private final double font;
  private final Svg svg;
  private final LogAxis x;
  private final LogAxis y;
  private final LabelPlacer placer;

  private BandwidthChart(Report report, Layout layout, String id) {
    this.report = report;
    this.panels = report.panels();
    this.layout = layout;
    this.font = layout.fontSize();
    this.svg = new Svg(id, layout.width(), "Read bandwidth over working set", describe());
    List<Bandwidth> curves = panels.stream().flatMap(panel -> curve(panel).stream()).toList();
    double smallest =
        (double) curves.stream().mapToLong(Bandwidth::workingSetBytes).min().orElseThrow();
    long largest = curves.stream().mapToLong(Bandwidth::workingSetBytes).max().orElseThrow();
    double slowest = curves.stream().mapToDouble(Bandwidth::bytesPerSecond).min().orElseThrow();
    double fastest = curves.stream().mapToDouble(Bandwidth::bytesPerSecond).max().orElseThrow();
    double bottom = layout.isWide() ? 300 : 270;
    double to = (double) Math.max(largest, report.model().weightBytes());
    x = new LogAxis(smallest / 1.3, to * 1.3, layout.isWide() ? 62 : 50, layout.width() - 84);
    y = new LogAxis(LogAxis.roundDown(slowest / 1.5), fastest * 1.9, bottom, 12);
    placer = new LabelPlacer(x.start(), y.end(), layout.width(), y.start());
  }

  /** The drawing; {@code id} must be unique within the page. */
  static Svg draw(Report report, Layout layout, String id) {
    return new BandwidthChart(report, layout, id).draw();
  }

  private Svg draw() {
    grid();
    weights();
    for (Panel panel : panels) {
      List<Bandwidth> curve = curve(panel);
      for (int i = 1; i < curve.size(); i++) {
        Bandwidth last = curve.get(i - 1);
        placer.avoidLine(x(last), y(last), x(curve.get(i)), y(curve.get(i)));
      }
      curve.forEach(sample -> placer.avoidMarker(x(sample), y(sample), 4));
    }
    for (int i = 0; i < panels.size(); i++) {
      curve(panels.get(i), i);
    }
    panels.forEach(panel -> panel.levels().forEach(this::levelName));
    return svg.height(y.start() + 2.6 * layout.lineHeight() + 12);
  }

  private void grid() {
    for (LogAxis.Tick tick : y.ticks()) {
      double at = y.at(tick.value());
      svg.line(x.start(), at, x.end(), at, tick.decade() ? "grid" : "grid minor");
      long leading = Math.round(tick.value() / Math.pow(10, Math.floor(Math.log10(tick.value()))));
      if (leading == 1 || leading == 2 || leading == 5) {
        String text = Units.significant(tick.value() / 1e9).replaceAll("\\.0+$", "");
        svg.text(Label.at(x.start() - 7, at + 0.35 * font, Anchor.END, font, "muted", text));
      }
    }
    int step = layout.isWide() ? 4 : 16;
    for (long size = 1024; size <= x.max(); size *= step) {
      if (x.contains((double) size)) {
        double at = x.at(size);
        svg.line(at, y.start(), at, y.end(), "grid");
        String text = Units.size(size);
        svg.text(Label.at(at, y.start() + font + 5, Anchor.MIDDLE, font, "muted", text));
      }
    }
    svg.line(x.start(), y.start(), x.end(), y.start(), "axis");
    svg.line(x.start(), y.start(), x.start(), y.end(), "axis");
    svg.text(
        Label.at(
            (x.start() + x.end()) / 2,
            y.start() + 2.6 * layout.lineHeight(),
            Anchor.MIDDLE,
            font,
            "axis-name",
            "Working set of all threads"));
    svg.text(
        new Label(
            "Bandwidth (GB/s)",
            font + 3,
            (y.start() + y.end()) / 2,
            Anchor.MIDDLE,
            font,
            -90,
            "axis-name"));
  }

  /** Marks the size of the model's weights, which every decode step reads. */
  private void weights() {
    double at = x.at(report.model().weightBytes());
    svg.line(at, y.start(), at, y.end(), "reference");
    placer.avoidLine(at, y.start(), at, y.end());
    svg.text(
        placer.place(
            List.of(
                Label.at(
                    at - 5,
                    y.end() + font,
                    Anchor.END,
                    font,
                    "halo",
                    "weights of the model: " + Units.bytes(report.model().weightBytes())))));
  }

  private void curve(Panel panel, int index) {
    List<Bandwidth> curve = curve(panel);
    for (MemoryLevel level : panel.levels()) {
      double at = y.at(level.bytesPerSecond());
      svg.line(x.at(level.fromBytes()), at, x.at(level.toBytes()), at, "plateau");
    }
    double[] corners = new double[2 * curve.size()];
    for (int i = 0; i < curve.size(); i++) {
      corners[2 * i] = x(curve.get(i));
      corners[2 * i + 1] = y(curve.get(i));
    }
    svg.polyline("curve curve-" + (index % STYLES + 1), corners);
    for (Bandwidth sample : curve) {
      double worst = y.at(sample.lowestBytesPerSecond());
      svg.beginGroup(
          "sample",
          "%s, %s: %s"
              .formatted(
                  Units.count(panel.threads(), "thread"),
                  Units.size(sample.workingSetBytes()),
                  Units.bytesPerSecond(sample.bytesPerSecond())));
      svg.line(x(sample), y(sample), x(sample), worst, "axis");
      Svg.Shape shape = SHAPES.get(index % SHAPES.size());
      svg.marker(shape, x(sample), y(sample), 3, index % 2 == 0 ? "dot" : "dot hollow");
      svg.endGroup();
    }
    Bandwidth end = curve.getLast();
    String name = Units.count(panel.threads(), "thread");
    svg.text(
        placer.place(
            DoubleStream.of(0.35 * font, 1.5 * font, -0.8 * font, 2.7 * font, -2 * font)
                .mapToObj(
                    down ->
                        Label.at(x(end) + 10, y(end) + down, Anchor.START, font, "strong", name))
                .toList()));
  }

  private void levelName(MemoryLevel level) {
    double middle = (x.at(level.fromBytes()) + x.at(level.toBytes())) / 2;
    double at = y.at(level.bytesPerSecond());
    String text = level.name() + " " + Units.bytesPerSecond(level.bytesPerSecond());
    List<Label> candidates = new ArrayList<>();
    for (double baseline : new double[] {at - 9, at + font + 9}) {
      for (double sideways : new double[] {0, -25, 25, -50, 50}) {
        candidates.add(
            held(Label.at(middle + sideways, baseline, Anchor.MIDDLE, font, "halo", text)));
      }
    }
    placer.placeIfFree(candidates).ifPresent(svg::text);
  }

  /** {@code label}, moved sideways as far as it would leave the plot. */
  private Label held(Label label) {
    double half = TextMetrics.width(label.text(), font) / 2;
    double held = Math.clamp(label.x(), x.start() + half + 4, x.end() - half - 4);
    return Label.at(held, label.y(), label.anchor(), font, label.style(), label.text());
  }

  private String describe() {
    StringBuilder text = new StringBuilder();
    text.append("Bandwidth falls from cache to cache as the working set grows. ");
    for (Panel panel : panels) {
      text.append(Units.count(panel.threads(), "thread")).append(':');
      for (MemoryLevel level : panel.levels()) {
        text.append(' ').append(level.name()).append(' ');
        text.append(Units.bytesPerSecond(level.bytesPerSecond())).append(';');
      }
      text.append(' ');
    }
    return text.toString().strip();
  }

  private List<Bandwidth> curve(Panel panel) {
    return MemoryLevel.curve(report.machine(), panel.threads());
  }

  private double x(Bandwidth sample) {
    return x.at(sample.workingSetBytes());
  }

  private double y(Bandwidth sample) {
    return y.at(sample.bytesPerSecond());
  }
}
