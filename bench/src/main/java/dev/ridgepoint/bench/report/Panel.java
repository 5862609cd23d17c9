package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.hardware.Roofline;
import java.util.List;

/**
 * The points that may share a picture, since they have the same roofs: one number of threads.
 *
 * @param roofline the roofs that the points are compared with
 * @param levels all memory roofs, smallest working sets first; the last is the roofline's
 * @param points at least one
 */
record Panel(int threads, Roofline roofline, List<MemoryLevel> levels, List<Point> points) {

  double peakFlopsPerSecond() {
    return roofline.peakFlopsPerSecond();
  }

  MemoryLevel memory() {
    return levels.getLast();
  }

  List<Point> points(Phase phase) {
    return points.stream().filter(p -> p.phase() == phase).toList();
  }

  /** "Qwen2.5-0.5B, bf16, 2 threads". */
  String title(Report report) {
    return "%s, %s, %s"
        .formatted(
            report.run().modelName(), report.model().dtype(), Units.count(threads, "thread"));
  }
}
