package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.report.Label.Anchor;
import dev.ridgepoint.bench.text.Units;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Where the time of a step goes: a bar per step, divided by operation, longest first; the colour
 * tells which roof bounds the operation, the name is written at it.
 */
final class OperationChart {
  private static final double SMALLEST_SHARE = 0.02;
  private static final double BAR_HEIGHT = 34;

  /** Lines for names below a bar; more names than operations cannot be. */
  private static final int ROWS = 14;

  private final List<Point> steps;
  private final Layout layout;
  private final double font;
  private final Svg svg;
  private final double left = 16;
  private final double right;

  private OperationChart(List<Point> steps, Layout layout, String id) {
    this.steps = steps;
    this.layout = layout;
    this.font = layout.fontSize();
    this.right = layout.width() - 16;
    this.svg =
        new Svg(id, layout.width(), "Predicted time of one step by operation", describe(steps));
  }

  /** The drawing of {@code steps}, each with operations; {@code id} is unique within the page. */
  static Svg draw(List<Point> steps, Layout layout, String id) {
    return new OperationChart(steps, layout, id).draw();
  }

  /**
   * The steps worth showing: with most threads, the decode step of the smallest batch and the
   * longest prefill, as far as there are any with operations.
   */
  static List<Point> stepsToShow(Report report) {
    List<Point> points =
        report.panels().getFirst().points().stream()
            .filter(p -> !p.operations().isEmpty())
            .toList();
    List<Point> steps = new ArrayList<>();
    points.stream().filter(p -> p.phase() == Phase.DECODE).findFirst().ifPresent(steps::add);
    points.stream()
        .filter(p -> p.phase() == Phase.PREFILL)
        .max(Comparator.comparingInt(p -> p.measured().newTokens()))
        .ifPresent(steps::add);
    return steps;
  }

  private Svg draw() {
    double y = 18;
    svg.rect(left, y - 10, 16, 12, "bar memory");
    svg.text(Label.at(left + 22, y, Anchor.START, font, "muted", "memory-bound"));
    svg.rect(left + 130, y - 10, 16, 12, "bar compute");
    svg.text(Label.at(left + 152, y, Anchor.START, font, "muted", "compute-bound"));
    y += 2 * layout.lineHeight();
    for (Point step : steps) {
      String title = "%s: %s predicted".formatted(Describe.step(step), Units.seconds(total(step)));
      for (String line : TextMetrics.wrap(capitalised(title), font, right - left)) {
        svg.text(Label.at(left, y, Anchor.START, font, "strong", line));
        y += layout.lineHeight();
      }
      y = bar(step, y - layout.lineHeight() + 9) + 2 * layout.lineHeight();
    }
    return svg.height(y - layout.lineHeight());
  }

  private double bar(Point step, double top) {
    double total = total(step);
    LabelPlacer placer =
        new LabelPlacer(
            0, top, layout.width(), top + BAR_HEIGHT + (ROWS + 1) * layout.lineHeight());
    double x = left;
    double lowest = top + BAR_HEIGHT;
    int index = 0;
    List<NamedPrediction> largest = largest(step);
    for (NamedPrediction operation : largest) {
      double share = Point.seconds(operation.prediction()) / total;
      double width = share * (right - left);
      String style =
          "bar " + Point.name(operation.prediction().boundBy()) + (index % 2 == 0 ? "" : " other");
      String percent = Units.percent(share);
      svg.beginGroup("operation", inWords(operation, total));
      svg.rect(x, top, width, BAR_HEIGHT, style);
      svg.endGroup();
      double middle = x + width / 2;
      double room = width - 10;
      if (TextMetrics.width(operation.name(), font) <= room) {
        double baseline = top + BAR_HEIGHT / 2;
        svg.text(Label.at(middle, baseline - 2, Anchor.MIDDLE, font, "", operation.name()));
        svg.text(Label.at(middle, baseline + font, Anchor.MIDDLE, font, "", percent));
      } else {
        String text = operation.name() + " " + percent;
        lowest = Math.max(lowest, nameBelow(placer, middle, top + BAR_HEIGHT, text));
      }
      x += width;
      index++;
    }
    if (largest.size() < step.operations().size()) {
      svg.rect(x, top, right - x, BAR_HEIGHT, "bar others");
      int others = step.operations().size() - largest.size();
      double share = (right - x) / (right - left);
      String text = Units.count(others, "other") + " " + Units.percent(share);
      lowest = Math.max(lowest, nameBelow(placer, (x + right) / 2, top + BAR_HEIGHT, text));
    }
    return lowest;
  }

  /** Writes a name under its segment, as high as free space allows; returns its baseline. */
  private double nameBelow(LabelPlacer placer, double middle, double barBottom, String text) {
    boolean fits = middle - TextMetrics.width(text, font) - 3 > 0;
    List<Label> candidates = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      candidates.add(
          Label.at(
              fits ? middle - 3 : middle + 3,
              barBottom + 6 + font + row * layout.lineHeight(),
              fits ? Anchor.END : Anchor.START,
              font,
              "",
              text));
    }
    Label label = placer.place(candidates);
    double end = label.y() - 0.3 * font;
    svg.line(middle, barBottom, middle, end, "leader");
    for (double y = barBottom; y < end; y += 4) {
      placer.avoidMarker(middle, y, 0.5);
    }
    svg.text(label);
    return label.y();
  }

  /** Longest first, without those too short to see. */
  private static List<NamedPrediction> largest(Point step) {
    double total = total(step);
    return step.operations().stream()
        .filter(operation -> Point.seconds(operation.prediction()) >= SMALLEST_SHARE * total)
        .sorted(Comparator.comparingDouble((NamedPrediction p) -> -Point.seconds(p.prediction())))
        .toList();
  }

  private static double total(Point step) {
    return step.operations().stream().mapToDouble(p -> Point.seconds(p.prediction())).sum();
  }

  private static String inWords(NamedPrediction operation, double total) {
    return "%s: %s, %s, %s-bound"
        .formatted(
            operation.name(),
            Units.seconds(Point.seconds(operation.prediction())),
            Units.percent(Point.seconds(operation.prediction()) / total),
            Point.name(operation.prediction().boundBy()));
  }

  private static String describe(List<Point> steps) {
    StringBuilder text = new StringBuilder();
    for (Point step : steps) {
      text.append(Describe.step(step)).append(':');
      for (NamedPrediction operation : largest(step)) {
        text.append(' ').append(inWords(operation, total(step))).append(';');
      }
      text.append(' ');
    }
    return text.toString().strip();
  }

  private static String capitalised(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}
