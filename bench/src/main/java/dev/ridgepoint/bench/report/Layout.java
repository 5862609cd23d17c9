package dev.ridgepoint.bench.report;

/** The two sizes that every chart is drawn in; the page shows the one that fits. */
enum Layout {
  /** For screens, paper and the SVG file; keys stand beside the plot. */
  WIDE(960, 12),
  /** For telephones; keys stand below the plot. */
  NARROW(400, 11);

  private final double width;
  private final double fontSize;

  Layout(double width, double fontSize) {
    this.width = width;
    this.fontSize = fontSize;
  }

  double width() {
    return width;
  }

  double fontSize() {
    return fontSize;
  }

  double lineHeight() {
    return Math.ceil(1.4 * fontSize);
  }

  boolean isWide() {
    return this == WIDE;
  }
}
