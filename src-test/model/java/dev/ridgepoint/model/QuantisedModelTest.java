package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.engine.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A model that llama-quantize wrote, against a double-precision forward on its weights. */
class QuantisedModelTest {
  private static final Path FOLDER = TestResources.path("quant");
  private static final double TOLERANCE = 2e-4;

  @ParameterizedTest
  @EnumSource(names = {"F32", "Q8_0"})
  void logitsAreThoseOfTheDequantisedWeights(DType type) throws IOException {
    double[][] golden = NpyFile.read(FOLDER.resolve("model-q8_0.logits.npy"));
    int[] tokens = tokens();
    try (Forward forward = new Forward(FOLDER.resolve("model-q8_0.gguf"), 2, type)) {
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
  }

  /** One row is summed up in another order than many. */
  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "Q4_0"})
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
