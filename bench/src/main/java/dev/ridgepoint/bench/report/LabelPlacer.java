package dev.ridgepoint.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Puts labels where they cover nothing: of several candidates it takes the first of least cost,
 * where covering another label is worse than covering a marker, and that worse than crossing a
 * line.
 */
final class LabelPlacer {
  private static final int LEAVING = 1_000_000;
  private static final int COVERING_LABEL = 1_000;
  private static final int COVERING_MARKER = 100;
  private static final int CROSSING_LINE = 10;

  private final double left;
  private final double top;
  private final double right;
  private final double bottom;
  private final List<ConvexPolygon> labels = new ArrayList<>();
  private final List<ConvexPolygon> markers = new ArrayList<>();
  private final List<ConvexPolygon> lines = new ArrayList<>();

  /** Labels stay between these edges. */
  LabelPlacer(double left, double top, double right, double bottom) {
    this.left = left;
    this.top = top;
    this.right = right;
    this.bottom = bottom;
  }

  void avoidMarker(double x, double y, double radius) {
    markers.add(ConvexPolygon.rectangle(x - radius, y - radius, 2 * radius, 2 * radius));
  }

  void avoidLine(double x1, double y1, double x2, double y2) {
    lines.add(ConvexPolygon.line(x1, y1, x2, y2));
  }

  /** Keeps the best of {@code candidates}, which are in order of preference. */
  Label place(List<Label> candidates) {
    Label best = candidates.stream().min(Comparator.comparingInt(this::cost)).orElseThrow();
    labels.add(best.box());
    return best;
  }

  /** Keeps the best of those candidates that cover no label or marker and stay inside, if any. */
  Optional<Label> placeIfFree(List<Label> candidates) {
    List<Label> free = candidates.stream().filter(label -> cost(label) < COVERING_MARKER).toList();
    return free.isEmpty() ? Optional.empty() : Optional.of(place(free));
  }

  private int cost(Label label) {
    ConvexPolygon box = label.box();
    return (box.isWithin(left, top, right, bottom) ? 0 : LEAVING)
        + COVERING_LABEL * overlaps(labels, box)
        + COVERING_MARKER * overlaps(markers, box)
        + CROSSING_LINE * overlaps(lines, box);
  }

  private static int overlaps(List<ConvexPolygon> others, ConvexPolygon box) {
    return (int) others.stream().filter(box::overlaps).count();
  }
}
