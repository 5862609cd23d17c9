package dev.ridgepoint.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JmhScoreTest {

  @Test
  void convertsToSeconds() {
    assertEquals(0.0125, score("[[12.5]]", "ms/op").seconds(), 1e-15);
    assertEquals(3e-6, score("[[3]]", "us/op").seconds(), 1e-18);
    assertEquals(new JmhScore(2, OptionalDouble.empty(), 1), score("[[2]]", "s/op"));
  }

  @Test
  void takesTheMedianOverAllForks() {
    assertEquals(3, score("[[9, 2], [3, 1, 4]]", "s/op").seconds());
    assertEquals(2.5, score("[[4, 2, 3, 1]]", "s/op").seconds());
  }

  @Test
  void fiveIterationsGiveTheirRange() {
    // All five lie on one side of the median with 2 / 2^5: 94 %.
    assertEquals(4, score("[[1, 2, 3, 4, 9]]", "s/op").secondsError().getAsDouble());
    assertEquals(0.5, score("[[1, 2]]", "s/op").secondsError().getAsDouble());
  }

  @Test
  void eightIterationsForgetOneAtEachEnd() {
    // Fewer than two of eight lie on one side with 2 (1 + 8) / 2^8: 93 %.
    assertEquals(2.5, score("[[1, 2, 3, 4], [5, 6, 7, 99]]", "s/op").secondsError().getAsDouble());
  }

  @Test
  void sixteenIterationsForgetFourAtEachEnd() {
    // 1 - 2 (1 + 16 + 120 + 560 + 1820) / 2^16: 92 %.
    assertEquals(
        3.5,
        score("[[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,99]]", "s/op").secondsError().getAsDouble());
  }

  @Test
  void anotherMetricIsTakenWhereTheScoreWasTypical() {
    // Fast with much bandwidth, slow with little; the middle third of the scores is 3 and 4.
    JsonNode result =
        JsonMapper.shared()
            .readTree(
                """
                {"primaryMetric": {"rawData": [[3, 9, 1, 4, 2, 9]]},
                 "reads": {"rawData": [[20, 7, 50, 10, 40, 5]]}}
                """);
    assertEquals(15, JmhScore.whileTypical(result, result.get("reads")).getAverage());
    assertEquals(50, JmhScore.greatest(result.get("reads")));
  }

  @Test
  void refusesOtherUnits() {
    assertThrows(IllegalArgumentException.class, () -> score("[[2]]", "ops/s"));
  }

  private static JmhScore score(String rawData, String unit) {
    return JmhScore.of(
        JsonMapper.shared()
            .readTree(
                """
                {"primaryMetric": {"rawData": %s, "scoreUnit": "%s"}}
                """
                    .formatted(rawData, unit)));
  }
}
