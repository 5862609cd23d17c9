package dev.ridgepoint.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.bench.report.Phase;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class JmhPointsTest {
  private static final PlannedPoint DECODE = new PlannedPoint(Phase.DECODE, 2, 1, 1, 128);

  @Test
  void aCliffBecomesAWarningWithItsOperationAndPoint() {
    assertEquals(
        List.of(
            "While decode, batch 1, context 128, 2 threads was measured, ffn_down allocated 6.14 kB"
                + " in every call: the JVM compiled its kernel badly, and the point tells nothing"
                + " of what the engine can do.",
            "While decode, batch 1, context 128, 2 threads was measured, attention came to take"
                + " 3.50× as long: the JVM compiled its kernel badly, and the point tells nothing"
                + " of what the engine can do."),
        cliffs(
            """
            {"reads": {"score": 31.5},
             "cliff.allocates.ffn_down": {"score": 6144.0, "scoreUnit": "B/call"},
             "cliff.slower.attention": {"score": 3.5, "scoreUnit": "times"}}
            """));
  }

  @Test
  void otherResultsAreNone() {
    assertEquals(List.of(), cliffs("{\"reads\": {\"score\": 31.5}}"));
  }

  private static List<String> cliffs(String secondary) {
    return JmhPoints.cliffs(
        DECODE, JsonMapper.shared().readTree("{\"secondaryMetrics\": " + secondary + "}"));
  }
}
