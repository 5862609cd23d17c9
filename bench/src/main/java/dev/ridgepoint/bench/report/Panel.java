package dev.ridgepoint.bench.report;

import dev.ridgepoint.estimator.hardware.MemoryLevel;
import dev.ridgepoint.estimator.hardware.Roofline;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

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

  /** The decode step of the smallest batch, then the shortest context. */
  Optional<Point> decode() {
    return points(Phase.DECODE).stream()
        .min(
            Comparator.comparingInt((Point p) -> p.measured().batch())
                .thenComparingInt(p -> p.measured().context()));
  }

  /** The longest prefill. */
  Optional<Point> prefill() {
    return points(Phase.PREFILL).stream()
        .max(Comparator.comparingInt(p -> p.measured().newTokens()));
  }

  List<Point> points(Phase phase) {
    return points.stream().filter(p -> p.phase() == phase).toList();
  }
}
