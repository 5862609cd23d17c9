package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A model that llama-quantize wrote, against a double-precision forward on its weights. */
class QuantisedModelTest {
  private static final Path FOLDER = TestResources.path("quant");
  private static final double TOLERANCE = 2e-4;

  @Test
  void logitsAreThoseOfTheDequantisedWeights() throws IOException {
    JsonNode ids =
        JsonMapper.shared().readTree(FOLDER.resolve("expected.json").toFile()).get("input_ids");
    int[] tokens = new int[ids.size()];
    Arrays.setAll(tokens, i -> ids.get(i).asInt());
    double[][] golden = NpyFile.read(FOLDER.resolve("model-q8_0.logits.npy"));
    try (Forward forward = new Forward(FOLDER.resolve("model-q8_0.gguf"), 2)) {
      float[][] logits = forward.logits(tokens, tokens.length);
      assertEquals(golden.length, logits.length);
      for (int position = 0; position < golden.length; position++) {
        for (int token = 0; token < golden[position].length; token++) {
          assertEquals(golden[position][token], logits[position][token], TOLERANCE);
        }
      }
    }
  }
}
