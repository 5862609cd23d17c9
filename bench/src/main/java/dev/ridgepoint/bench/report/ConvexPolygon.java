package dev.ridgepoint.bench.report;

import java.util.stream.DoubleStream;

/**
 * A convex polygon of a drawing: the box of a (rotated) label, a marker, or a line of two corners.
 *
 * @param xs abscissas of the corners, in order
 * @param ys their ordinates
 */
record ConvexPolygon(double[] xs, double[] ys) {

  static ConvexPolygon rectangle(double x, double y, double width, double height) {
    return new ConvexPolygon(
        new double[] {x, x + width, x + width, x}, new double[] {y, y, y + height, y + height});
  }

  static ConvexPolygon line(double x1, double y1, double x2, double y2) {
    return new ConvexPolygon(new double[] {x1, x2}, new double[] {y1, y2});
  }

  /** This polygon turned clockwise (y points down) by {@code degrees} around a point. */
  ConvexPolygon rotate(double degrees, double aroundX, double aroundY) {
    double cos = Math.cos(Math.toRadians(degrees));
    double sin = Math.sin(Math.toRadians(degrees));
    double[] rotatedXs = new double[xs.length];
    double[] rotatedYs = new double[ys.length];
    for (int i = 0; i < xs.length; i++) {
      double dx = xs[i] - aroundX;
      double dy = ys[i] - aroundY;
      rotatedXs[i] = aroundX + dx * cos - dy * sin;
      rotatedYs[i] = aroundY + dx * sin + dy * cos;
    }
    return new ConvexPolygon(rotatedXs, rotatedYs);
  }

  /** Whether the insides meet: no edge of either separates the two (separating axis theorem). */
  boolean overlaps(ConvexPolygon other) {
    return !separates(this, other) && !separates(other, this);
  }

  boolean isWithin(double left, double top, double right, double bottom) {
    return DoubleStream.of(xs).allMatch(x -> x >= left && x <= right)
        && DoubleStream.of(ys).allMatch(y -> y >= top && y <= bottom);
  }

  private static boolean separates(ConvexPolygon edges, ConvexPolygon other) {
    int corners = edges.xs.length;
    for (int i = 0; i < corners; i++) {
      int next = (i + 1) % corners;
      double normalX = edges.ys[next] - edges.ys[i];
      double normalY = edges.xs[i] - edges.xs[next];
      if (edges.max(normalX, normalY) <= other.min(normalX, normalY)
          || other.max(normalX, normalY) <= edges.min(normalX, normalY)) {
        return true;
      }
    }
    return false;
  }

  private double min(double normalX, double normalY) {
    return -max(-normalX, -normalY);
  }

  private double max(double normalX, double normalY) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < xs.length; i++) {
      max = Math.max(max, xs[i] * normalX + ys[i] * normalY);
    }
    return max;
  }
}
