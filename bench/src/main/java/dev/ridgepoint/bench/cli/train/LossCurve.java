package dev.ridgepoint.bench.cli.train;

import java.util.ArrayList;
import java.util.List;

/**
 * The training loss along a run. Losses fall as a power of the steps, so a point is a tenth of the
 * steps so far behind the one before: a run of any length has few, evenly spread over logarithms.
 */
final class LossCurve {
  private static final double GROWTH = 1.1;

  /**
   * A point.
   *
   * @param step the last one of those that the loss is of, counted from 1
   * @param loss in nats per token, the mean of the steps since the point before
   */
  record Point(long step, double loss) {}

  private final List<Point> points = new ArrayList<>();
  private final long steps;
  private double sum;
  private long count;
  private long next = 1;

  /**
   * @param steps of the run, whose last one ends a point
   */
  LossCurve(long steps) {
    this.steps = steps;
  }

  /** The loss of the next step, counted from 1. */
  void add(long step, double loss) {
    sum += loss;
    count++;
    if (step == next || step == steps) {
      points.add(new Point(step, sum / count));
      sum = 0;
      count = 0;
      next = Math.max(step + 1, Math.round(step * GROWTH));
    }
  }

  List<Point> points() {
    return List.copyOf(points);
  }
}
