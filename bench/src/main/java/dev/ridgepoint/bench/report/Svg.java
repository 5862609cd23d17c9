package dev.ridgepoint.bench.report;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * A drawing under construction: plain SVG elements, styled by the classes of {@code chart.css}.
 * Coordinates that are not finite are refused, so that no NaN reaches a reader.
 */
final class Svg {
  enum Shape {
    CIRCLE,
    SQUARE,
    DIAMOND
  }

  private final String id;
  private final double width;
  private final String title;
  private final String description;
  private final StringBuilder body = new StringBuilder();
  private double height;

  /**
   * @param id unique within the page
   * @param title what a screen reader announces
   * @param description what the picture shows, in words
   */
  Svg(String id, double width, String title, String description) {
    this.id = id;
    this.width = width;
    this.title = title;
    this.description = description;
  }

  /** Sets the height, which is often known only once the content is drawn. */
  Svg height(double newHeight) {
    height = newHeight;
    return this;
  }

  double width() {
    return width;
  }

  double height() {
    return height;
  }

  Svg line(double x1, double y1, double x2, double y2, String style) {
    return element(
        "line", style, "x1", number(x1), "y1", number(y1), "x2", number(x2), "y2", number(y2));
  }

  Svg rect(double x, double y, double rectWidth, double rectHeight, String style) {
    return element(
        "rect",
        style,
        "x",
        number(x),
        "y",
        number(y),
        "width",
        number(rectWidth),
        "height",
        number(rectHeight));
  }

  /** Corners as x1, y1, x2, y2, ... */
  Svg polygon(String style, double... corners) {
    return element("polygon", style, "points", points(corners));
  }

  /** Corners as x1, y1, x2, y2, ... */
  Svg polyline(String style, double... corners) {
    return element("polyline", style, "points", points(corners));
  }

  Svg marker(Shape shape, double x, double y, double radius, String style) {
    return switch (shape) {
      case CIRCLE ->
          element("circle", style, "cx", number(x), "cy", number(y), "r", number(radius));
      case SQUARE -> rect(x - radius, y - radius, 2 * radius, 2 * radius, style);
      case DIAMOND -> {
        double reach = 1.25 * radius;
        yield polygon(style, x, y - reach, x + reach, y, x, y + reach, x - reach, y);
      }
    };
  }

  Svg text(Label label) {
    String anchor = label.anchor().name().toLowerCase(java.util.Locale.ROOT);
    body.append("<text");
    attributes(
        "class", label.style(),
        "x", number(label.x()),
        "y", number(label.y()),
        "text-anchor", anchor,
        "font-size", number(label.size()));
    if (label.degrees() != 0) {
      attributes(
          "transform",
          "rotate(%s %s %s)"
              .formatted(number(label.degrees()), number(label.x()), number(label.y())));
    }
    body.append('>').append(Markup.escape(label.text())).append("</text>\n");
    return this;
  }

  /** Starts a group with a tooltip; to be closed by {@link #endGroup}. */
  Svg beginGroup(String style, String tooltip) {
    body.append("<g");
    attributes("class", style);
    body.append("><title>").append(Markup.escape(tooltip)).append("</title>\n");
    return this;
  }

  Svg endGroup() {
    body.append("</g>\n");
    return this;
  }

  /** For a page that already holds {@code chart.css}. */
  String inline() {
    return render("", body.toString(), height);
  }

  /** A file of its own. */
  String standalone(String css) {
    return standalone(css, this);
  }

  /** Several drawings of one width, one below the other, as one file named after the first. */
  static String stacked(String css, java.util.List<Svg> drawings) {
    return standalone(css, drawings.toArray(Svg[]::new));
  }

  private static String standalone(String css, Svg... drawings) {
    StringBuilder stack = new StringBuilder();
    double height = 0;
    for (Svg drawing : drawings) {
      stack
          .append("<g transform=\"translate(0 ")
          .append(number(height))
          .append(")\">\n")
          .append(drawing.body)
          .append("</g>\n");
      height += drawing.height;
    }
    String style = "<style>\n" + css.strip() + "\n</style>\n";
    String paper =
        "<rect class=\"paper\" x=\"0\" y=\"0\" width=\"%s\" height=\"%s\"/>\n"
            .formatted(number(drawings[0].width), number(height));
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        + drawings[0].render(style + paper, stack.toString(), height);
  }

  private String render(String prologue, String content, double totalHeight) {
    return """
    <svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" \
    viewBox="0 0 %s %s" aria-labelledby="%s-title %s-desc">
    <title id="%s-title">%s</title>
    <desc id="%s-desc">%s</desc>
    %s%s</svg>
    """
        .formatted(
            number(width),
            number(totalHeight),
            id,
            id,
            id,
            Markup.escape(title),
            id,
            Markup.escape(description),
            prologue,
            content);
  }

  private Svg element(String name, String style, String... attributes) {
    body.append('<').append(name);
    attributes("class", style);
    attributes(attributes);
    body.append("/>\n");
    return this;
  }

  private void attributes(String... namesAndValues) {
    for (int i = 0; i < namesAndValues.length; i += 2) {
      body.append(' ').append(namesAndValues[i]).append("=\"");
      body.append(Markup.escape(namesAndValues[i + 1])).append('"');
    }
  }

  private static String points(double... corners) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < corners.length; i += 2) {
      out.append(i == 0 ? "" : " ");
      out.append(number(corners[i])).append(',').append(number(corners[i + 1]));
    }
    return out.toString();
  }

  private static String number(double value) {
    BigDecimal rounded = BigDecimal.valueOf(value).setScale(2, RoundingMode.HALF_EVEN);
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }
}
