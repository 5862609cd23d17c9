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

  @ParameterizedTest
  @ValueSource(strings = {"empty-prompt", "once-upon", "tim-and-dog", "utf8", "spaces"})
  void logitsAndContinuationAreTheReferences(String prompt) throws IOException {
    assumeTrue(Files.isDirectory(GOLDEN), GOLDEN + " is absent");
    JsonNode json = JsonMapper.shared().readTree(GOLDEN.resolve(prompt + ".json").toFile());
    int[] fed = new int[json.get("token_ids_fed").size()];
    Arrays.setAll(fed, i -> json.get("token_ids_fed").get(i).asInt());
    double[][] golden = NpyFile.read(GOLDEN.resolve(prompt + ".logits.npy"));
    try (Forward forward = new Forward(GOLDEN.resolve("hf-f32"), 2)) {
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
