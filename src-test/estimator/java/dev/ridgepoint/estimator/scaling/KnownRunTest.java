package dev.ridgepoint.estimator.scaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnownRunTest {

  @ParameterizedTest
  @CsvSource({
    "175e9, 300e9, 0.976",
    "7e9, 1000e9, 0.999",
    "65e9, 1400e9, 0.997",
    "70e9, 1400e9, 0.997"
  })
  void erratum033NoRunIsBetterThanTheOptimum(double parameters, double tokens, double efficiency) {
    KnownRun run = new KnownRun("run", parameters, tokens, "");
    assertEquals(efficiency, run.lossEfficiency(ChinchillaFit.PUBLISHED), 0.0005);
    for (ChinchillaFit fit : ChinchillaFit.ALL) {
      for (KnownRun known : KnownRun.ALL) {
        assertTrue(known.lossEfficiency(fit) <= 1, known.name() + " by " + fit.name());
      }
    }
  }

  @Test
  void erratum038PalmsComputeWithoutAttention() {
    KnownRun palm =
        KnownRun.ALL.stream()
            .filter(run -> run.name().startsWith("PaLM"))
            .findFirst()
            .orElseThrow();
    assertEquals(2.527e24, palm.trainingFlops(), 0.001e24);
    assertTrue(palm.trainingFlops() < 2.56e24, "the paper's figure holds attention too");
  }
}
