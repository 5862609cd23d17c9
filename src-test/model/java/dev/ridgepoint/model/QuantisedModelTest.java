package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Models that llama-quantize wrote, against a double-precision forward on their weights. */
class QuantisedModelTest {
  private static final Path FOLDER = TestResources.path("quant");
  private static final double TOLERANCE = 2e-4;

  @TempDir private Path folder;

  /** In the formats of the file, and in floats. */
  @ParameterizedTest
  @ValueSource(strings = {"q8_0", "q4_0", "q4_k_s", "q6_k"})
  void logitsAreThoseOfTheDequantisedWeights(String name) throws IOException {
    Path file = FOLDER.resolve("model-" + name + ".gguf");
    double[][] golden = NpyFile.read(FOLDER.resolve("model-" + name + ".logits.npy"));
    try (Forward stored = new Forward(file, 2);
        Forward floats = new Forward(file, 2, DType.F32)) {
      assertLogits(golden, stored);
      assertLogits(golden, floats);
    }
  }

  private static void assertLogits(double[][] golden, Forward forward) {
    int[] tokens = tokens();
    for (int chunk : new int[] {tokens.length, 7, 1}) {
      float[][] logits = forward.logits(tokens, chunk);
      assertEquals(golden.length, logits.length);
      for (int position = 0; position < golden.length; position++) {
        for (int token = 0; token < golden[position].length; token++) {
          assertEquals(golden[position][token], logits[position][token], TOLERANCE);
        }
      }
    }
  }

  static Stream<DType> quantised() {
    return DType.encoded().stream().filter(DType::isQuantised);
  }

  /** A file that the engine wrote, whose blocks it multiplies as they are or makes floats of. */
  @ParameterizedTest
  @MethodSource("quantised")
  void logitsOfAnExportedModelAreThoseOfItsDequantisedWeights(DType type) throws IOException {
    Path exported = folder.resolve(type + ".gguf");
    try (Checkpoint original = Checkpoint.open(FOLDER.resolve("model-q8_0.gguf"));
        Workers workers = new Workers(2)) {
      new ModelExport(
              original.architecture(), new CheckpointWeights(original), type, Optional.empty())
          .write(exported, workers, (done, total) -> {});
    }
    try (Checkpoint written = Checkpoint.open(exported)) {
      written
          .layout()
          .tensors()
          .filter(TensorSpec::isMatrix)
          .forEach(spec -> assertEquals(type, written.dtype(spec), spec.name()));
    }
    int[] tokens = tokens();
    try (Forward dequantised = new Forward(exported, 2, DType.F32);
        Forward forward = new Forward(exported, 2, type)) {
      float[][] expected = dequantised.logits(tokens, tokens.length);
      for (int chunk : new int[] {tokens.length, 7, 1}) {
        float[][] logits = forward.logits(tokens, chunk);
        for (int position = 0; position < expected.length; position++) {
          assertArrayEquals(expected[position], logits[position], (float) TOLERANCE);
        }
      }
    }
  }

  /** One row is summed up in another order than many. */
  @ParameterizedTest
  @MethodSource("quantised")
  void logitsDoNotDependOnHowTheTokensAreFed(DType type) {
    int[] tokens = tokens();
    try (Forward forward = new Forward(FOLDER.resolve("model-q8_0.gguf"), 2, type)) {
      float[][] expected = forward.logits(tokens, tokens.length);
      for (int chunk : new int[] {7, 1}) {
        float[][] logits = forward.logits(tokens, chunk);
        for (int position = 0; position < expected.length; position++) {
          assertArrayEquals(expected[position], logits[position], (float) TOLERANCE);
        }
      }
    }
  }

  private static int[] tokens() {
    JsonNode ids =
        JsonMapper.shared().readTree(FOLDER.resolve("expected.json").toFile()).get("input_ids");
    int[] tokens = new int[ids.size()];
    Arrays.setAll(tokens, i -> ids.get(i).asInt());
    return tokens;
  }
}
