package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real trained model, stories260K, which lies outside the repository. */
class TrainedModelTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("ridgepoint.golden", "../../shared/golden"), "stories260K");

  /** Greedy continuations of the files that llama-quantize made, by a double-precision forward. */
  @ParameterizedTest
  @ValueSource(strings = {"f16", "bf16", "q8_0"})
  void quantisedFilesContinueAsTheReference(String type) {
    assumeTrue(Files.isDirectory(GOLDEN), GOLDEN + " is absent");
    String name = "stories260K-" + type + ".gguf";
    JsonNode ids =
        JsonMapper.shared()
            .readTree(GOLDEN.resolve("quantised.json").toFile())
            .get(name)
            .get("greedy_ids_f64_dequantised");
    int[] expected = new int[ids.size()];
    Arrays.setAll(expected, i -> ids.get(i).asInt());
    try (Forward forward = new Forward(GOLDEN.resolve(name), 2)) {
      int[] prompt = {expected[0]};
      assertArrayEquals(
          Arrays.copyOfRange(expected, 1, expected.length),
          forward.greedy(prompt, expected.length - 1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"empty-prompt", "once-upon", "tim-and-dog", "utf8", "spaces"})
  void logitsAndContinuationAreTheReferences(String prompt) throws IOException {
    assumeTrue(Files.isDirectory(GOLDEN), GOLDEN + " is absent");
    JsonNode json = JsonMapper.shared().readTree(GOLDEN.resolve(prompt + ".json").toFile());
    int[] fed = new int[json.get("token_ids_fed").size()];
    Arrays.setAll(fed, i -> json.get("token_ids_fed").get(i).asInt());
    double[][] golden = NpyFile.read(GOLDEN.resolve(prompt + ".logits.npy"));
    assertReferences(GOLDEN.resolve("hf-f32"), json, fed, golden);
    assertReferences(GOLDEN.resolve("stories260K.gguf"), json, fed, golden);
  }

  private static void assertReferences(Path model, JsonNode json, int[] fed, double[][] golden) {
    try (Forward forward = new Forward(model, 2)) {
      float[][] logits = forward.logits(fed, fed.length);
      for (int position = 0; position < golden.length; position++) {
        for (int token = 0; token < golden[position].length; token++) {
          assertEquals(golden[position][token], logits[position][token], 2e-4);
        }
      }
      int promptLength = json.get("prompt_tokens_runc").size();
      int[] generated = forward.greedy(Arrays.copyOf(fed, promptLength), fed.length - promptLength);
      assertArrayEquals(Arrays.copyOfRange(fed, promptLength, fed.length), generated);
    }
  }
}
