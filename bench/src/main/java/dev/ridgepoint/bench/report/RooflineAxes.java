package dev.ridgepoint.bench.report;

/**
 * The axes of all rooflines of a report, which are the same so that the drawings can be compared by
 * eye.
 *
 * @param x intensity in FLOP per byte
 * @param y FLOP per second
 */
record RooflineAxes(LogAxis x, LogAxis y) {
  private static final double TALLEST = 1.1;
  private static final double FLATTEST = 0.56;

  /** Axes for a plot whose upper edge is at {@code top}; a decade has one length on both. */
  static RooflineAxes of(Report report, Layout layout, double top) {
    Range intensities = new Range();
    Range rates = new Range();
    for (Panel panel : report.panels()) {
      rates.add(panel.peakFlopsPerSecond());
      for (MemoryLevel level : panel.levels()) {
        intensities.add(panel.peakFlopsPerSecond() / level.bytesPerSecond());
      }
    }
    for (Point point : report.points()) {
      intensities.add(point.intensity());
      rates.add(point.flopsPerSecond());
      rates.add(point.flops() / point.predictedSeconds());
    }
    double xMin = LogAxis.roundDown(intensities.least / 3);
    double xMax = LogAxis.roundUp(intensities.most * 2);
    double yMin = LogAxis.roundDown(rates.least / 3);
    double yMax = rates.most * (layout.isWide() ? 2 : 3);

    double yDecades = LogAxis.decades(yMin, yMax);
    xMax *= Math.pow(10, Math.max(0, yDecades / TALLEST - LogAxis.decades(xMin, xMax)));
    double xDecades = LogAxis.decades(xMin, xMax);
    yDecades = Math.max(yDecades, FLATTEST * xDecades);
    yMin = yMax / Math.pow(10, yDecades);

    double left = layout.isWide() ? 62 : 50;
    double width = layout.isWide() ? 560 : layout.width() - left - 16;
    double height = width / xDecades * yDecades;
    return new RooflineAxes(
        new LogAxis(xMin, xMax, left, left + width), new LogAxis(yMin, yMax, top + height, top));
  }

  private static final class Range {
    private double least = Double.MAX_VALUE;
    private double most;

    private void add(double value) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
}
