package dev.ridgepoint.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class JmhScoreTest {

  @Test
  void convertsToSeconds() {
    JmhScore score = score("12.5", "0.5", "ms/op");
    assertEquals(0.0125, score.seconds(), 1e-15);
    assertEquals(0.0005, score.secondsError(), 1e-15);
    assertEquals(3e-6, score("3", "0", "us/op").seconds(), 1e-18);
  }

  @Test
  void anErrorThatJmhCannotTellIsZero() {
    assertEquals(new JmhScore(2, 0), score("2", "\"NaN\"", "s/op"));
  }

  @Test
  void refusesOtherUnits() {
    assertThrows(IllegalArgumentException.class, () -> score("2", "1", "ops/s"));
  }

  private static JmhScore score(String score, String error, String unit) {
    return JmhScore.of(
        JsonMapper.shared()
            .readTree(
                """
                {"primaryMetric": {"score": %s, "scoreError": %s, "scoreUnit": "%s"}}
                """
                    .formatted(score, error, unit)));
  }
}
