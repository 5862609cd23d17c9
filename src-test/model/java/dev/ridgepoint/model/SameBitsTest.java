package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.ridgepoint.engine.panels.KvCache;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logits have the same bits, however many threads compute them, whatever else is in the batch. */
class SameBitsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama-gqa",
        "mistral-swa",
        "mixtral-moe",
        "qwen2-moe",
        "qwen3-moe",
        "olmoe",
        "granitemoe",
        "gpt-oss",
        "glm4-moe",
        "deepseek-v2",
        "deepseek-v3"
      })
  void inAnyCompany(String name) {
    Path model = TestResources.path("logits/" + name).resolve("hf-f32");
    int[] tokens = new Random(11).ints(19, 0, 250).toArray();
    float[][] expected = null;
    for (int threads = 1; threads <= 3; threads++) {
      try (Forward forward = new Forward(model, threads);
          KvCache cache = forward.decoder.newCache(tokens.length);
          KvCache before = forward.decoder.newCache(tokens.length);
          KvCache behind = forward.decoder.newCache(tokens.length)) {
        float[][] alone = forward.logits(tokens, tokens.length);
        expected = expected == null ? alone : expected;
        assertArrayEquals(expected, alone, threads + " threads");
        Batch batch =
            new Batch(
                List.of(
                    new Batch.Entry(before, new int[] {7, 8, 9}, 1),
                    new Batch.Entry(cache, tokens, tokens.length),
                    new Batch.Entry(behind, new int[] {1}, 1)));
        float[][] rows = Forward.rows(forward.decoder.forward(batch)).toArray(float[][]::new);
        assertArrayEquals(
            expected,
            Arrays.copyOfRange(rows, 1, 1 + tokens.length),
            threads + " threads, among others");
      }
    }
  }
}
