package dev.ridgepoint.estimator.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.architecture.PlacedWeight;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightFormatsTest {

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
    "Llama-3.1-8B, Q2_K_S, 2.9697, 0.00005",
    "Llama-3.1-8B, Q2_K, 3.1593, 0.00005",
    "Llama-3.1-8B, Q3_K_S, 3.6429, 0.00005",
    "Llama-3.1-8B, Q3_K_L, 4.2979, 0.00005",
    "Llama-3.1-8B, IQ4_XS, 4.4597, 0.00005",
    "Llama-3.1-8B, IQ4_NL, 4.6818, 0.00005",
    "Llama-3.1-8B, Q4_K_S, 4.6672, 0.00005",
    "Llama-3.1-8B, Q4_K_M, 4.8944, 0.00005",
    "Llama-3.1-8B, Q5_K_S, 5.5704, 0.00005",
    "Llama-3.1-8B, Q5_K_M, 5.7036, 0.00005",
    "Llama-3.1-8B, Q6_K, 6.5633, 0.00005",
    "Llama-3.1-8B, Q8_0, 8.5008, 0.00005",
  })
  void llamaCppsMixesHaveTheirPublishedBits(
      String model, String mix, double bits, double tolerance) {
    Architecture architecture = ModelCatalog.get(model);
    long bytes = stored(architecture, mix);
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
    long bytes = stored(ModelCatalog.get(model), mix);
    assertEquals(gibibytes, Math.scalb((double) bytes, -30), 0.006);
  }

  /** Bytes of all tensors of published files, as llama-server's {@code meta.size} has them. */
  @ParameterizedTest
  @CsvSource({
    "gemma-3-27b-text, Q8_0, 28701409280",
    "phi-4, Q8_0, 15576944640",
  })
  void llamaCppsFilesHaveTheirPublishedBytes(String model, String mix, long bytes) {
    assertEquals(bytes, stored(ModelCatalog.get(model), mix));
  }

  /** Blocks of 20 and 24 bytes for all but the head, which has 210 for each 256. */
  @ParameterizedTest
  @CsvSource({"Q4_1, 20", "Q5_1, 24"})
  void mixesOfOffsetsAreOfOneFormat(String mix, int blockBytes) {
    long head = 128_256L * 4096;
    long vectors = 65 * 4096;
    long rest = 8_030_261_248L - head - vectors;
    assertEquals(
        rest / 32 * blockBytes + head / 256 * 210 + 4 * vectors,
        stored(ModelCatalog.get("Llama-3.1-8B"), mix));
  }

  @Test
  void expertsOfGptOssAreMxfp4() {
    Architecture architecture = ModelCatalog.get("gpt-oss-20b");
    // ggml-org's file has 12.1 GB.
    assertEquals(12.1e9, (double) stored(architecture, "MXFP4"), 0.05e9);
    assertTrue(stored(architecture, "MXFP4-Q4") < stored(architecture, "mxfp4"));
  }

  // A mixture by hand: each step of one token reads k of E experts and all the rest.
  @Test
  void decodingReadsTheChosenExperts() {
    Architecture architecture = ModelCatalog.get("Mixtral-8x7B");
    WeightFormats bf16 = WeightFormats.of(Precision.BF16);
    long stored = bf16.storedBytes(architecture);
    long expert = 3L * 4096 * 14336 * 2;
    long embedding = 32000L * 4096 * 2;
    long row = 4096L * 2;
    assertEquals(stored - 32 * 6 * expert - embedding + row, read(architecture, bf16, 1));
    assertEquals(stored - embedding + 1000 * row, read(architecture, bf16, 1000));
  }

  // What is stored and what a step reads are counted in the same formats.
  @ParameterizedTest
  @ValueSource(strings = {"Q8_0", "Q4_K_M", "4bit", "AWQ", "fp8"})
  void aDenseModelIsReadWholeButForTheEmbedding(String mix) {
    Architecture architecture = ModelCatalog.get("Llama-3.1-8B");
    WeightFormats formats = named(architecture, mix);
    WeightTensor embedding = architecture.weights().getFirst();
    Precision format = formats.of(embedding, PlacedWeight.NO_LAYER);
    assertEquals(
        formats.storedBytes(architecture) - 128_255 * format.rowBytes(4096),
        read(architecture, formats, 1));
  }

  @Test
  void aTiedEmbeddingIsReadWhole() {
    Architecture architecture = ModelCatalog.get("Llama-3.2-1B");
    WeightFormats formats = named(architecture, "Q8_0");
    // As the head, and one row of it besides.
    assertEquals(
        formats.storedBytes(architecture) + Precision.Q8_0.rowBytes(2048),
        read(architecture, formats, 1));
  }

  @Test
  void quantisedCheckpointsKeepTheirTables() {
    Architecture architecture = ModelCatalog.get("Qwen3-8B");
    assertEquals(6_098_479_104L, stored(architecture, "int4-g128z"));
    for (PlacedWeight weight : PlacedWeight.all(architecture)) {
      Precision format = named(architecture, "int4-g128").of(weight.tensor(), weight.layer());
      boolean isInLayer = weight.layer() != PlacedWeight.NO_LAYER && weight.tensor().isMatrix();
      assertEquals(isInLayer ? "INT4-G128" : "BF16", format.name(), weight.toString());
    }
  }

  @Test
  void aFilesTensorsHaveTheirOwnFormats() {
    Architecture architecture = ModelCatalog.get("Llama-3.1-8B");
    WeightFormats.Place place =
        new WeightFormats.Place(
            TensorRole.FEED_FORWARD_DOWN, WeightTensor.Part.WEIGHT, WeightTensor.Owner.LAYER, 31);
    WeightFormats bf16 = WeightFormats.of(Precision.BF16);
    WeightFormats formats = WeightFormats.ofTensors("file", Map.of(place, Precision.Q8_0), bf16);
    long elements = 4096L * 14336;
    assertEquals(
        bf16.storedBytes(architecture) - elements * 2 + elements / 32 * 34,
        formats.storedBytes(architecture));
  }

  @Test
  void mlxHasAScaleAndAnOffsetPerGroup() {
    Architecture architecture = ModelCatalog.get("Llama-3.1-8B");
    double parameters = ParameterCount.of(architecture).total();
    assertEquals(4.5, stored(architecture, "4bit") * 8 / parameters, 0.001);
    assertEquals(8.5, stored(architecture, "8bit") * 8 / parameters, 0.001);
  }

  @Test
  void refusesUnknownNames() {
    Architecture llama = ModelCatalog.get("Llama-3.1-8B");
    for (String name : new String[] {"Q4_K_L", "9bit", "4", "MXFP4-Q9"}) {
      InvalidInputException refusal =
          assertThrows(
              InvalidInputException.class,
              () -> WeightFormats.named("--weights", name, llama, Precision.F32),
              name);
      assertTrue(
          refusal.getMessage().startsWith("--weights: precision \"" + name + "\" is unknown"));
    }
  }

  private static WeightFormats named(Architecture architecture, String name) {
    return WeightFormats.named("--weights", name, architecture, Precision.F32);
  }

  private static long stored(Architecture architecture, String name) {
    return named(architecture, name).storedBytes(architecture);
  }

  private static long read(Architecture architecture, WeightFormats formats, int batch) {
    Step step = Step.decode(batch, 0);
    ForwardOptions options = ForwardOptions.of(new DataFormats(formats, Precision.F16), step);
    return OperationList.total(OperationList.of(architecture, options, step)).weightBytes();
  }
}
