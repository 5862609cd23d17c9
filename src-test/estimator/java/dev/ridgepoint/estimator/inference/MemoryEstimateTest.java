package dev.ridgepoint.estimator.inference;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class MemoryEstimateTest {
  private static final DataFormats BF16 = new DataFormats(Precision.BF16, Precision.BF16);

  @ParameterizedTest
  @MethodSource("dev.ridgepoint.estimator.config.ModelCatalog#names")
  void weightsInF32AreFourBytesPerParameter(String preset) {
    Architecture config = ModelCatalog.get(preset);
    assertEquals(
        4 * ParameterCount.of(config).total(), MemoryEstimate.weightBytes(config, Precision.F32));
  }

  @Test
  void weightsInBf16KeepNormsAndBiasesInF32() {
    long vectors = 24 * (2 * 896 + (14 + 4) * 64) + 896;
    assertEquals(
        2 * 494_032_768L + 2 * vectors,
        MemoryEstimate.weightBytes(ModelCatalog.get("Qwen2.5-0.5B"), Precision.BF16));
  }

  /** Published by the model cards' arithmetic: 2 L k d elements of two bytes. */
  @ParameterizedTest
  @CsvSource({"Llama-2-7B, 524288", "Llama-3.1-8B, 131072", "SmolLM2-135M, 23040"})
  void countsTheKvCachePerToken(String preset, long bytes) {
    assertEquals(
        bytes, MemoryEstimate.kvCacheBytesPerToken(ModelCatalog.get(preset), Precision.F16));
  }

  @Test
  void countsTheCacheOfEverySequence() {
    Architecture config = ModelCatalog.get("Llama-3.1-8B");
    MemoryEstimate estimate =
        MemoryEstimate.of(config, BF16, Step.decode(3, 10), 1000, new KvPages(256));
    assertEquals(3L * 1024 * 131_072, estimate.kvCacheBytes());
  }

  @Test
  void theWorkspaceHoldsEveryOperationsOutput() {
    Architecture config = ModelCatalog.get("tiny");
    for (int tokens : new int[] {1, 2, 100}) {
      Step step = Step.prefill(tokens);
      long largestOutputs =
          OperationList.of(config, ForwardOptions.of(BF16, step), step).stream()
              .mapToLong(each -> each.cost().activationBytes())
              .max()
              .orElseThrow();
      long workspace =
          MemoryEstimate.of(config, BF16, step, 512, new KvPages(256)).workspaceBytes();
      assertTrue(workspace >= largestOutputs, tokens + " tokens");
    }
  }

  @Test
  void refusesWhatDoesNotFitInOneLineThatSaysWhy() {
    MemoryEstimate estimate = new MemoryEstimate(5_000_000_000L, 300_000_000, 20_000_000);
    assertDoesNotThrow(() -> estimate.requireFits("m", 5_320_000_000L));
    String message =
        assertThrows(InvalidInputException.class, () -> estimate.requireFits("m", 5_319_999_999L))
            .getMessage();
    assertEquals(
        "m: needs 5.32 GB of memory (weights 5.00 GB, KV cache 0.30 GB, workspace 0.02 GB), "
            + "but 5.32 GB are available",
        message);
  }
}
