package dev.ridgepoint.bench.run;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Several of JMH's results for one benchmark with the same parameters. */
final class JmhResults {
  private static final String RAW_DATA = "rawData";

  private JmhResults() {}

  /**
   * One result with the forks of all, as if they had been one after another. Of its numbers only
   * the raw data are of all of them.
   *
   * @param results at least one, with equal units
   */
  static JsonNode pooled(List<JsonNode> results) {
    ObjectNode pool = (ObjectNode) results.getFirst().deepCopy();
    for (JsonNode other : results.subList(1, results.size())) {
      add(pool.required("primaryMetric"), other.required("primaryMetric"));
      ObjectNode secondary = (ObjectNode) pool.required("secondaryMetrics");
      for (Map.Entry<String, JsonNode> metric : other.required("secondaryMetrics").properties()) {
        JsonNode known = secondary.get(metric.getKey());
        if (known == null) {
          secondary.set(metric.getKey(), metric.getValue().deepCopy());
        } else {
          add(known, metric.getValue());
        }
      }
    }
    return pool;
  }

  private static void add(JsonNode metric, JsonNode other) {
    ArrayNode forks = (ArrayNode) metric.required(RAW_DATA);
    other.required(RAW_DATA).forEach(fork -> forks.add(fork.deepCopy()));
  }
}
