package dev.ridgepoint.estimator.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RidgeCrossingTest {
  private static final ForwardOptions OPTIONS =
      ForwardOptions.of(new DataFormats(Precision.BF16, Precision.BF16), Step.decode(1, 1))
          .withActivations(Precision.BF16)
          .withWeights(WeightFormats.of(Precision.BF16, Precision.BF16));

  @ParameterizedTest
  @ValueSource(strings = {"Qwen2.5-0.5B", "Mixtral-8x7B", "DeepSeek-V2-Lite", "gemma-3-1b"})
  void theBatchBeforeIsBelowTheRidge(String name) {
    Architecture architecture = ModelCatalog.get(name);
    Roofline roofline = new Roofline(60, 1);
    RidgeCrossing crossing = new RidgeCrossing(architecture, OPTIONS, roofline);
    OptionalInt batch = crossing.smallestDecodeBatch(64, RidgeCrossing.MAX_TRIED);
    int smallest = batch.orElseThrow();
    assertTrue(intensity(architecture, Step.decode(smallest, 64)) >= 60);
    assertTrue(intensity(architecture, Step.decode(smallest - 1, 64)) < 60);
    assertEquals(
        intensity(architecture, Step.decode(smallest, 64)),
        crossing.decodeDerivation(smallest, 64).inputs().get("intensity"));
  }

  @Test
  void thePromptBeforeIsBelowTheRidge() {
    Architecture architecture = ModelCatalog.get("Qwen2.5-0.5B");
    RidgeCrossing crossing = new RidgeCrossing(architecture, OPTIONS, new Roofline(100, 1));
    int prompt = crossing.shortestPrompt(RidgeCrossing.MAX_TRIED).orElseThrow();
    assertTrue(intensity(architecture, Step.prefill(prompt)) >= 100);
    assertTrue(intensity(architecture, Step.prefill(prompt - 1)) < 100);
    assertEquals(OptionalInt.of(prompt), crossing.shortestPrompt(prompt));
    assertEquals(OptionalInt.empty(), crossing.shortestPrompt(prompt - 1));
  }

  @Test
  void verifyingDraftsRaisesTheIntensity() {
    Architecture architecture = ModelCatalog.get("Llama-3.1-8B");
    SpeculativeStep step = SpeculativeStep.of(architecture, OPTIONS, 1, 500, 4, 0.75);
    double decode = intensity(architecture, Step.decode(1, 500));
    assertEquals(5, step.verification().arithmeticIntensity() / decode, 0.1);
    assertEquals(
        (1 + 0.75 + 0.75 * 0.75 + Math.pow(0.75, 3) + Math.pow(0.75, 4)),
        step.expectedTokens(),
        1e-12);
  }

  private static double intensity(Architecture architecture, Step step) {
    return OperationList.total(OperationList.of(architecture, OPTIONS, step)).arithmeticIntensity();
  }
}
