package dev.ridgepoint.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that the report says, in numbers; page, charts, table and JSON are views of it.
 *
 * @param points at least one, numbered from 1: most threads first, decode before prefill, then by
 *     batch, context and new tokens
 * @param warnings what a reader must know before believing the numbers; usually none
 */
public record Report(
    MachineSummary machine,
    ModelSummary model,
    Run run,
    List<Point> points,
    List<String> warnings) {

  public Report {
    points = List.copyOf(points);
    warnings = List.copyOf(warnings);
    if (points.isEmpty()) {
      throw new IllegalArgumentException("a report needs at least one point");
    }
  }

  /** The points by the roofs that they share, in the order of the points. */
  List<Panel> panels() {
    record Roofs(String dtype, int threads) {}
    Map<Roofs, List<Point>> groups = new LinkedHashMap<>();
    for (Point point : points) {
      Roofs roofs = new Roofs(point.dtype(), point.threads());
      groups.computeIfAbsent(roofs, _ -> new ArrayList<>()).add(point);
    }
    List<Panel> panels = new ArrayList<>();
    groups.forEach(
        (roofs, group) ->
            panels.add(
                new Panel(
                    roofs.dtype(),
                    roofs.threads(),
                    MemoryLevel.of(
                        machine.bandwidth(roofs.threads()), machine.lastLevelCacheBytes()),
                    group)));
    return panels;
  }

  /** The points with the one furthest below its roof first: the next thing to improve. */
  List<Point> pointsByFractionOfRoof() {
    return points.stream()
        .sorted(java.util.Comparator.comparingDouble(Point::fractionOfRoof))
        .toList();
  }
}
