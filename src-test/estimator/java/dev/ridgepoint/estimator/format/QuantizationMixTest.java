package dev.ridgepoint.estimator.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.input.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantizationMixTest {

  // Bits per weight in the README of llama.cpp's quantize tool, which prints two digits of older
  // files and four of Llama 3.1.
  @ParameterizedTest
  @CsvSource({
    "Llama-2-7B, Q3_K_M, 3.91, 0.005",
    "Llama-2-7B, Q4_K_S, 4.58, 0.005",
    "Llama-2-7B, Q4_K_M, 4.84, 0.005",
    "Llama-2-7B, Q5_K_S, 5.52, 0.005",
    "Llama-2-7B, Q5_K_M, 5.68, 0.005",
    "Llama-2-7B, Q6_K, 6.56, 0.005",
    "Llama-2-13B, Q4_K_S, 4.56, 0.005",
    "Llama-2-13B, Q4_K_M, 4.83, 0.005",
    "Llama-2-13B, Q5_K_M, 5.67, 0.005",
    "Llama-2-70B, Q4_K_M, 4.80, 0.005",
    "Llama-2-70B, Q5_K_M, 5.65, 0.005",
    "Llama-3.1-8B, Q4_K_M, 4.8944, 0.00005",
  })
  void llamaCppsMixesHaveTheirPublishedBits(
      String model, String mix, double bits, double tolerance) {
    Architecture architecture = ModelCatalog.get(model);
    long bytes = bytes(architecture, mix).storedBytes();
    assertEquals(bits, bytes * 8.0 / ParameterCount.of(architecture).total(), tolerance);
  }

  // Sizes as llama-bench prints them, in GiB: geerlingguy/ai-benchmarks issues 23 and 43.
  @ParameterizedTest
  @CsvSource({
    "Llama-3.2-3B, Q4_K_M, 1.87",
    "Qwen2.5-14B, Q4_K_M, 8.37",
    "Llama-3-8B, Q4_K_M, 4.58"
  })
  void llamaCppsFilesHaveTheirPublishedSize(String model, String mix, double gibibytes) {
    long bytes = bytes(ModelCatalog.get(model), mix).storedBytes();
    assertEquals(gibibytes, Math.scalb((double) bytes, -30), 0.006);
  }

  @Test
  void expertsOfGptOssAreMxfp4() {
    Architecture architecture = ModelCatalog.get("gpt-oss-20b");
    // ggml-org's file has 12.1 GB.
    assertEquals(12.1e9, (double) bytes(architecture, "MXFP4").storedBytes(), 0.05e9);
    assertTrue(
        bytes(architecture, "MXFP4-Q4").storedBytes() < bytes(architecture, "mxfp4").storedBytes());
  }

  // A small mixture by hand: each step of one token reads k of E experts and all the rest.
  @Test
  void decodingReadsTheChosenExperts() {
    Architecture architecture = ModelCatalog.get("Mixtral-8x7B");
    CheckpointBytes one = CheckpointBytes.of(architecture, QuantizationMix.of(Precision.BF16), 1);
    CheckpointBytes many =
        CheckpointBytes.of(architecture, QuantizationMix.of(Precision.BF16), 1000);
    long expert = 3L * 4096 * 14336 * 2;
    long embedding = 32000L * 4096 * 2;
    long row = 4096L * 2;
    assertEquals(one.storedBytes() - 32 * 6 * expert - embedding + row, one.readBytes());
    assertEquals(many.storedBytes() - embedding + 1000 * row, many.readBytes());
  }

  @Test
  void aTiedEmbeddingIsReadWhole() {
    Architecture architecture = ModelCatalog.get("Llama-3.2-1B");
    CheckpointBytes bytes = bytes(architecture, "Q8_0");
    assertEquals(bytes.storedBytes(), bytes.readBytes());
    assertEquals(
        ParameterCount.of(architecture).total(),
        bytes.readElements().values().stream().mapToLong(Long::longValue).sum());
  }

  @Test
  void mlxHasAScaleAndAnOffsetPerGroup() {
    Architecture architecture = ModelCatalog.get("Llama-3.1-8B");
    double parameters = ParameterCount.of(architecture).total();
    assertEquals(4.5, bytes(architecture, "4bit").storedBytes() * 8 / parameters, 0.001);
    assertEquals(8.5, bytes(architecture, "8bit").storedBytes() * 8 / parameters, 0.001);
  }

  @Test
  void refusesUnknownNames() {
    for (String name : new String[] {"Q4_K_L", "9bit", "4", "MXFP4-Q9"}) {
      InvalidInputException refusal =
          assertThrows(
              InvalidInputException.class, () -> QuantizationMix.named("--weights", name), name);
      assertTrue(
          refusal.getMessage().startsWith("--weights: precision \"" + name + "\" is unknown"));
    }
  }

  private static CheckpointBytes bytes(Architecture architecture, String mix) {
    return CheckpointBytes.of(architecture, QuantizationMix.named("--weights", mix), 1);
  }
}
