package dev.ridgepoint.bench.report;

import java.util.List;

/**
 * The points that may share a picture, since they have the same roofs: one weight format, one number
 * of threads.
 *
 * @param levels memory roofs, fastest first
 * @param points at least one
 */
record Panel(String dtype, int threads, List<MemoryLevel> levels, List<Point> points) {

  double peakFlopsPerSecond() {
    return points.getFirst().peakFlopsPerSecond();
  }

  /** The memory roof above the most points. */
  double mainBytesPerSecond() {
    return points.stream()
        .map(Point::roofBytesPerSecond)
        .collect(
            java.util.stream.Collectors.groupingBy(
                b -> b, java.util.TreeMap::new, java.util.stream.Collectors.counting()))
        .entrySet()
        .stream()
        .max(java.util.Map.Entry.comparingByValue())
        .orElseThrow()
        .getKey();
  }

  /** What {@link #mainBytesPerSecond} is the bandwidth of: "memory", "L2 cache", ... */
  String mainLevelName() {
    double main = mainBytesPerSecond();
    return levels.stream()
        .filter(level -> level.bytesPerSecond() == main)
        .map(MemoryLevel::name)
        .filter(name -> name.startsWith("L"))
        .map(name -> name + " cache")
        .findFirst()
        .orElse("memory");
  }

  /** "Qwen2.5-0.5B, bf16, 2 threads". */
  String title(String modelName) {
    return modelName + ", " + dtype + ", " + Units.count(threads, "thread");
  }

  List<Point> points(Phase phase) {
    return points.stream().filter(p -> p.phase() == phase).toList();
  }
}
