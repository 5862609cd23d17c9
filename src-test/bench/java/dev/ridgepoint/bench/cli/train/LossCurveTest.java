package dev.ridgepoint.bench.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.cli.train.LossCurve.Point;
import java.util.List;
import org.junit.jupiter.api.Test;

class LossCurveTest {
  /** The loss of a step is its number: a mean lies half way from the first to the last. */
  private static List<Point> pointsOf(long steps) {
    LossCurve curve = new LossCurve(steps);
    for (long step = 1; step <= steps; step++) {
      curve.add(step, (double) step);
    }
    return curve.points();
  }

  @Test
  void hasEveryStepOfAShortRun() {
    assertEquals(List.of(new Point(1, 1), new Point(2, 2), new Point(3, 3)), pointsOf(3));
  }

  @Test
  void hasFewPointsOfALongRunEachTheMeanOfItsSteps() {
    List<Point> points = pointsOf(100_000);
    assertTrue(points.size() < 130, points.size() + " points");
    long before = 0;
    for (Point point : points) {
      assertEquals((before + 1 + point.step()) / 2.0, point.loss(), 1e-9);
      assertTrue(before < 20 || point.step() <= before * 1.15, point.toString());
      before = point.step();
    }
    assertEquals(100_000, before);
  }
}
