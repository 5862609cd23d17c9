package dev.ridgepoint.estimator.time;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.estimator.LeftOutRuns;
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
    "apple gpu, 29, 0.10, SHARED_GPU_DECODE",
    "cpu, 12, 0.07, CPU_DECODE",
    "consumer gpu, 67, 0.10, CARD_DECODE"
  })
  void decodingIsMet(String kind, int fewest, double median, MeasuredError error) {
    assertMet(decodes, kind, fewest, median, error);
  }

  @ParameterizedTest
  @CsvSource({"apple gpu, 20, 0.16, SHARED_GPU_PROMPT", "consumer gpu, 15, 0.13, CARD_PROMPT"})
  void promptsAreMet(String kind, int fewest, double median, MeasuredError error) {
    assertMet(prompts, kind, fewest, median, error);
  }

  private static void assertMet(
      List<SingleStreamRun> all, String kind, int fewest, double median, MeasuredError error) {
    List<SingleStreamRun> runs = all.stream().filter(run -> run.kind().equals(kind)).toList();
    assertTrue(runs.size() >= fewest, runs.size() + " runs");
    double middle =
        MeasuredRuns.quantile(runs.stream().mapToDouble(SingleStreamRun::error).toArray(), 0.5);
    assertTrue(middle <= median, "median error " + middle + " of " + runs.size());
    new LeftOutRuns(runs.stream().map(SingleStreamRun::run).toList()).assertWidths(error);
  }
}
