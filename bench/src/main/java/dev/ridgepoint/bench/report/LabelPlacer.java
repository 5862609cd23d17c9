package dev.ridgepoint.bench.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Puts labels where they cover nothing: of several candidates it takes the first that costs least,
 * where covering another label is worse than covering a marker, and that worse than crossing a line.
 */
final class LabelPlacer {
  private static final int LEAVING = 10_000;
  private static final int COVERING_LABEL = 1_000;
  private static final int COVERING_MARKER = 100;
  private static final int CROSSING_LINE = 10;

  private final double left;
  private final double top;
  private final double right;
  private final double bottom;
  private final List<Quad> labels = new ArrayList<>();
  private final List<Quad> markers = new ArrayList<>();
  private final List<Quad> lines = new ArrayList<>();

  /** Labels stay between these edges. */
  LabelPlacer(double left, double top, double right, double bottom) {
    this.left = left;
    this.top = top;
    this.right = right;
    this.bottom = bottom;
  }

  void avoidMarker(double x, double y, double radius) {
    markers.add(Quad.rectangle(x - radius, y - radius, 2 * radius, 2 * radius));
  }

  void avoidLine(double x1, double y1, double x2, double y2) {
    lines.add(Quad.line(x1, y1, x2, y2));
  }

  /** Keeps the best of {@code candidates}, which are in order of preference. */
  Label place(List<Label> candidates) {
    Label best = candidates.getFirst();
    int least = Integer.MAX_VALUE;
    for (Label candidate : candidates) {
      int cost = cost(candidate);
      if (cost < least) {
        best = candidate;
        least = cost;
      }
    }
    labels.add(best.box());
    return best;
  }

  /** Whether {@code label} would cover no label or marker and stay inside; if so, it is kept. */
  boolean placeIfFree(Label label) {
    boolean free = cost(label) < COVERING_MARKER;
    if (free) {
      labels.add(label.box());
    }
    return free;
  }

  private int cost(Label label) {
    Quad box = label.box();
    return (box.isWithin(left, top, right, bottom) ? 0 : LEAVING)
        + COVERING_LABEL * overlaps(labels, box)
        + COVERING_MARKER * overlaps(markers, box)
        + CROSSING_LINE * overlaps(lines, box);
  }

  private static int overlaps(List<Quad> others, Quad box) {
    return (int) others.stream().filter(box::overlaps).count();
  }
}
