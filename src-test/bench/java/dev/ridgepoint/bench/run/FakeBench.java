package dev.ridgepoint.bench.run;

import dev.ridgepoint.bench.report.Phase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A bench on a clock of its own, whose measurements take what they say. */
final class FakeBench implements Campaign.Bench {
  private final MeasurementStore store;
  private final double slowness;

  /** Seconds since the beginning. */
  double now;

  final List<PlannedPoint> measured = new ArrayList<>();
  final Set<PlannedPoint> failing = new HashSet<>();

  /** How many times as slow as the others some points are. */
  final Map<PlannedPoint, Double> slower = new HashMap<>();

  int roofs;

  /**
   * @param slowness how many times as long as its bound a step takes
   */
  FakeBench(MeasurementStore store, double slowness) {
    this.store = store;
    this.slowness = slowness;
  }

  static double boundSeconds(PlannedPoint point) {
    return point.phase() == Phase.DECODE ? 0.01 * point.batch() : 0.001 * point.newTokens();
  }

  long nanoTime() {
    return (long) (now * 1e9);
  }

  @Override
  public List<JsonNode> known(PlannedPoint point) throws IOException {
    return store.find(key(point));
  }

  @Override
  public void measure(PlannedPoint point, int samples, double secondsLeft, boolean withKernels)
      throws IOException {
    measured.add(point);
    double step = boundSeconds(point) * slowness * slower.getOrDefault(point, 1.0);
    double seconds = 6 + 4 * step + samples * Math.max(Costs.ITERATION_SECONDS, step);
    now += Math.min(seconds, secondsLeft);
    if (failing.contains(point)) {
      throw new IOException("benchmark failed: out of memory");
    }
    if (seconds > secondsLeft) {
      throw new IOException("ended");
    }
    store.add(key(point), result(step, samples));
  }

  /** Iterations that differ by up to a tenth. */
  private static JsonNode result(double step, int samples) {
    String iterations =
        IntStream.range(0, samples)
            .mapToObj(i -> Double.toString(step * (1 + 0.1 * (i % 3))))
            .collect(Collectors.joining(","));
    return JsonMapper.shared()
        .readTree(
            """
            {"primaryMetric": {"scoreUnit": "s/op", "rawData": [[%s]]}, "secondaryMetrics": {}}
            """
                .formatted(iterations));
  }

  @Override
  public void probeRoofs() {
    roofs++;
    now += 5;
  }

  private static MeasurementKey key(PlannedPoint point) {
    return new MeasurementKey(
        "Benchmark." + point.phase(),
        new TreeMap<>(Map.of("point", point.toString())),
        "machine",
        "code");
  }
}
