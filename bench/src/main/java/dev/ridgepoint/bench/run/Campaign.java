package dev.ridgepoint.bench.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * Measures the points of a plan one after another and keeps each as soon as it is finished. What an
 * earlier, interrupted run left is taken over.
 */
public final class Campaign {
  private final MeasurementStore store;
  private final Function<PlannedPoint, MeasurementKey> keys;
  private final Measurement measurement;

  /** Measures a point; returns one of JMH's results. */
  public interface Measurement {
    JsonNode measure(PlannedPoint point) throws IOException;
  }

  /** Told of the campaign's progress. */
  public interface Progress {
    /** Before the first measurement: how many of the points are known already. */
    void begins(int reused, int points);

    /** The point is measured now. */
    void measures(PlannedPoint point);

    /** The point that was measured has been kept. */
    void finished(PlannedPoint point);
  }

  /**
   * @param keys what the measurement of a point depends on
   */
  public Campaign(
      MeasurementStore store,
      Function<PlannedPoint, MeasurementKey> keys,
      Measurement measurement) {
    this.store = store;
    this.keys = keys;
    this.measurement = measurement;
  }

  /** JMH's result for each point, in the plan's order. */
  public Map<PlannedPoint, JsonNode> run(Plan plan, Progress progress) throws IOException {
    Map<PlannedPoint, JsonNode> known = new LinkedHashMap<>();
    for (PlannedPoint point : plan.points()) {
      store.find(keys.apply(point)).ifPresent(result -> known.put(point, result));
    }
    List<PlannedPoint> missing = new ArrayList<>(plan.points());
    missing.removeAll(known.keySet());
    progress.begins(known.size(), plan.points().size());
    for (PlannedPoint point : missing) {
      progress.measures(point);
      JsonNode result = measurement.measure(point);
      store.put(keys.apply(point), result);
      known.put(point, result);
      progress.finished(point);
    }
    Map<PlannedPoint, JsonNode> results = new LinkedHashMap<>();
    plan.points().forEach(point -> results.put(point, known.get(point)));
    return results;
  }
}
