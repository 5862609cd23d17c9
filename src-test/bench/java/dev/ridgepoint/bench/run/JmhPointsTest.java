package dev.ridgepoint.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class JmhPointsTest {
  @Test
  void aCliffBecomesANoteWithItsOperation() {
    assertEquals(
        List.of(
            "tells nothing of what the engine can do, because the JVM compiled a kernel badly:"
                + " ffn_down allocated 6.14 kB in every call.",
            "tells nothing of what the engine can do, because the JVM compiled a kernel badly:"
                + " attention came to take 3.50× as long."),
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
        JsonMapper.shared().readTree("{\"secondaryMetrics\": " + secondary + "}"));
  }
}
