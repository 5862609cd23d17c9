package dev.ridgepoint.bench.report;

import dev.ridgepoint.estimator.hardware.MemoryLevel;
import dev.ridgepoint.estimator.hardware.Roofline;
import java.util.List;

/**
 * The points that may share a picture, since they have the same roofs: one number of threads.
 *
 * @param roofline the roofs that the points are compared with
 * @param memory the level that holds the weights: the roofline's slope is its
 * @param levels all memory roofs, smallest working sets first
 * @param points at least one
 */
record Panel(
    int threads,
    Roofline roofline,
    MemoryLevel memory,
    List<MemoryLevel> levels,
    List<Point> points) {

  double peakFlopsPerSecond() {
    return roofline.peakFlopsPerSecond();
  }

  List<Point> points(Phase phase) {
    return points.stream().filter(p -> p.phase() == phase).toList();
  }
}
