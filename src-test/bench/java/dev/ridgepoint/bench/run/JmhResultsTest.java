package dev.ridgepoint.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JmhResultsTest {

  @Test
  void samplesOfAllForksArePooled() {
    JsonNode first = result("[[4, 2]]", "{\"reads\": {\"rawData\": [[7, 8]]}}");
    JsonNode second =
        result(
            "[[9], [1]]",
            "{\"reads\": {\"rawData\": [[5], [6]]}, \"cliff\": {\"rawData\": [[3]]}}");
    JsonNode pool = JmhResults.pooled(List.of(first, second));
    assertEquals(3, JmhScore.of(pool).seconds());
    assertEquals(4, JmhScore.of(pool).samples());
    assertEquals("[[7,8],[5],[6]]", pool.at("/secondaryMetrics/reads/rawData").toString());
    assertEquals("[[3]]", pool.at("/secondaryMetrics/cliff/rawData").toString());
    assertEquals(2, JmhScore.of(first).samples());
  }

  private static JsonNode result(String rawData, String secondary) {
    return JsonMapper.shared()
        .readTree(
            """
            {"primaryMetric": {"rawData": %s, "scoreUnit": "s/op"}, "secondaryMetrics": %s}
            """
                .formatted(rawData, secondary));
  }
}
