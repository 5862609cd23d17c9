package dev.ridgepoint.bench.report;

/**
 * One line of text in a drawing.
 *
 * @param x where it is anchored
 * @param y its baseline
 * @param anchor which part of the text lies at x
 * @param size font size
 * @param degrees clockwise rotation around (x, y)
 * @param style CSS classes, separated by spaces
 */
record Label(
    String text, double x, double y, Anchor anchor, double size, double degrees, String style) {

  enum Anchor {
    START(0),
    MIDDLE(0.5),
    END(1);

    private final double share;

    Anchor(double share) {
      this.share = share;
    }
  }

  static Label at(double x, double y, Anchor anchor, double size, String style, String text) {
    return new Label(text, x, y, anchor, size, 0, style);
  }

  /** The space that the text takes, by {@link TextMetrics}. */
  ConvexPolygon box() {
    double width = TextMetrics.width(text, size);
    return ConvexPolygon.rectangle(x - anchor.share * width, y - 0.8 * size, width, size)
        .rotate(degrees, x, y);
  }
}
