package dev.ridgepoint.estimator.time;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.estimator.MeasuredRuns;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Predicted speeds of one stream against measured ones; skipped where they are not beside the
 * sources.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MeasuredDecodeTest {
  private List<SingleStreamRun> decodes;
  private List<SingleStreamRun> prompts;

  @BeforeAll
  void read() {
    assumeTrue(
        MeasuredRuns.isPresent(), "shared/facts/measured_runs.json is not beside the sources");
    decodes = SingleStreamRun.decodes();
    prompts = SingleStreamRun.prompts();
  }

  @ParameterizedTest
  @CsvSource({
    "apple gpu, 29, 0.10, 0.88, 0.92",
    "cpu, 12, 0.12, 0.88, 0.93",
    "consumer gpu, 67, 0.10, 0.88, 0.92"
  })
  void decodingIsMet(String kind, int fewest, double median, double least, double most) {
    assertMet(decodes, kind, fewest, median, least, most);
  }

  @ParameterizedTest
  @CsvSource({"apple gpu, 20, 0.16, 0.88, 0.92", "consumer gpu, 15, 0.13, 0.88, 0.94"})
  void promptsAreMet(String kind, int fewest, double median, double least, double most) {
    assertMet(prompts, kind, fewest, median, least, most);
  }

  private static void assertMet(
      List<SingleStreamRun> all,
      String kind,
      int fewest,
      double median,
      double least,
      double most) {
    List<SingleStreamRun> runs = all.stream().filter(run -> run.kind().equals(kind)).toList();
    assertTrue(runs.size() >= fewest, runs.size() + " runs");
    double error =
        MeasuredRuns.quantile(runs.stream().mapToDouble(SingleStreamRun::error).toArray(), 0.5);
    assertTrue(error <= median, "median error " + error + " of " + runs.size());
    double covered =
        (double) runs.stream().filter(SingleStreamRun::isCovered).count() / runs.size();
    assertTrue(covered >= least && covered <= most, "covered " + covered + " of " + runs.size());
  }
}
