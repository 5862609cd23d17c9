package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PerplexityTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("ridgepoint.golden", "../../shared/golden"), "stories260K");
  private static final int[] TEXT = new Random(4).ints(37, 0, 320).toArray();

  private static Forward forward;

  @BeforeAll
  static void load() {
    forward = new Forward(TestResources.path("logits").resolve("llama-gqa").resolve("hf-f32"), 2);
  }

  @AfterAll
  static void close() {
    forward.close();
  }

  private static Perplexity of(Forward model, int[] tokens, Perplexity.Windows windows) {
    return Perplexity.of(model.decoder, tokens, windows, (done, total, perplexity) -> {});
  }

  private static double nats(double[] logits, int token) {
    double most = Arrays.stream(logits).max().orElseThrow();
    double sum = Arrays.stream(logits).map(each -> Math.exp(each - most)).sum();
    return -Math.log(Math.exp(logits[token] - most) / sum);
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }

  /** Each token from those of its window alone, by logits that were computed at once. */
  @ParameterizedTest
  @CsvSource({
    "37, 37, 64",
    "100, 100, 5",
    "10, 10, 64",
    "10, 10, 3",
    "10, 4, 64",
    "10, 1, 4",
    "2, 2, 1",
    "36, 36, 7"
  })
  void eachTokenIsForetoldOnceFromItsWindow(int size, int stride, int tokensPerStep) {
    double expected = 0;
    int count = 0;
    int foretold = 1;
    for (int from = 0; foretold < TEXT.length; from += stride) {
      int[] window = Arrays.copyOfRange(TEXT, from, Math.min(TEXT.length, from + size));
      float[][] logits = forward.logits(window, window.length);
      for (int i = 1; i < window.length; i++) {
        if (from + i >= foretold) {
          expected += nats(doubles(logits[i - 1]), window[i]);
          count++;
        }
      }
      foretold = from + window.length;
    }
    Perplexity perplexity = of(forward, TEXT, new Perplexity.Windows(size, stride, tokensPerStep));
    assertEquals(count, perplexity.tokens());
    assertEquals(expected, perplexity.nats(), 1e-3);
    assertEquals(Math.exp(expected / count), perplexity.value(), 1e-2);
  }

  /** By the golden logits in double precision of the first 64 positions. */
  @ParameterizedTest
  @ValueSource(strings = {"empty-prompt", "once-upon", "tim-and-dog", "utf8", "spaces"})
  void aTrainedModelsIsTheReferences(String text) throws IOException {
    assumeTrue(Files.isDirectory(GOLDEN), GOLDEN + " is absent");
    JsonNode fed =
        JsonMapper.shared().readTree(GOLDEN.resolve(text + ".json").toFile()).get("token_ids_fed");
    double[][] logits = NpyFile.read(GOLDEN.resolve(text + ".logits.npy"));
    int length = Math.min(fed.size(), logits.length + 1);
    int[] tokens = new int[length];
    Arrays.setAll(tokens, i -> fed.get(i).asInt());
    double expected = 0;
    for (int i = 1; i < length; i++) {
      expected += nats(logits[i - 1], tokens[i]);
    }
    try (Forward model = new Forward(GOLDEN.resolve("stories260K.gguf"), 2)) {
      Perplexity perplexity = of(model, tokens, new Perplexity.Windows(128, 128, 16));
      assertEquals(length - 1, perplexity.tokens());
      double value = Math.exp(expected / (length - 1));
      assertEquals(value, perplexity.value(), 1e-5 * value);
    }
  }

  @Test
  void refusesWhatForetellsNothing() {
    assertThrows(IllegalArgumentException.class, () -> new Perplexity.Windows(1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Perplexity.Windows(4, 5, 1));
    assertThrows(IllegalArgumentException.class, () -> new Perplexity.Windows(4, 0, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> of(forward, new int[1], new Perplexity.Windows(4, 4, 4)));
  }
}
