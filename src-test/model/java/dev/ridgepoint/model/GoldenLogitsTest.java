package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.engine.panels.KvCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Logits and greedy continuations of tiny models against a reference in double precision. */
class GoldenLogitsTest {
  private static final double TOLERANCE = 2e-4;

  /**
   * Folders {@code <case>/hf-<dtype>}: F32, BF16 and F16, single files and shards; and the same
   * weights in files {@code <case>/model-<dtype>.gguf}, written by gguf-py.
   */
  static Stream<Path> models() throws IOException {
    List<Path> models = new ArrayList<>();
    try (Stream<Path> cases = Files.list(TestResources.path("logits"))) {
      for (Path folder : cases.sorted().toList()) {
        try (Stream<Path> variants = Files.list(folder)) {
          variants
              .filter(path -> path.getFileName().toString().matches("hf-\\w+|.*\\.gguf"))
              .sorted()
              .forEach(models::add);
        }
      }
    }
    return models.stream();
  }

  private static JsonNode expected(Path model) {
    return JsonMapper.shared().readTree(model.resolveSibling("expected.json").toFile());
  }

  /** The dtype in a model's name. */
  private static String variant(Path model) {
    return model.getFileName().toString().replaceFirst("(hf|model)-(\\w+?)(\\.gguf)?$", "$2");
  }

  /** Its own, if the format cannot say what the folder does, or else those of the folder. */
  private static double[][] logits(Path model) throws IOException {
    Optional<Path> own = ownLogits(model);
    if (own.isPresent()) {
      return NpyFile.read(own.get());
    }
    return NpyFile.read(model.resolveSibling("hf-" + variant(model)).resolve("logits.npy"));
  }

  private static Optional<Path> ownLogits(Path model) {
    String name = model.getFileName().toString().replace(".gguf", ".logits.npy");
    return Optional.of(model.resolveSibling(name)).filter(Files::isRegularFile);
  }

  private static int[] ids(JsonNode array) {
    int[] ids = new int[array.size()];
    Arrays.setAll(ids, i -> array.get(i).asInt());
    return ids;
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyPositionHoweverFed(Path model) throws IOException {
    double[][] golden = logits(model);
    int[] tokens = ids(expected(model).get("input_ids"));
    for (int threads = 1; threads <= 2; threads++) {
      try (Forward forward = new Forward(model, threads)) {
        for (int chunk : new int[] {tokens.length, 7, 1}) {
          assertLogits(golden, forward.logits(tokens, chunk));
        }
      }
    }
  }

  /**
   * Where frequencies depend on the length of a sequence, a shorter one has other logits: {@code
   * logits-short.npy} are of the first tokens alone.
   */
  @ParameterizedTest
  @CsvSource({
    "llama-dynamic-ntk, hf-f32",
    "llama-dynamic-ntk, hf-bf16",
    "phi3-longrope, hf-f32",
    "phi3-longrope, hf-bf16",
  })
  void aSequenceWithRoomForFewTokens(String model, String variant) throws IOException {
    Path folder = TestResources.path("logits/" + model).resolve(variant);
    double[][] golden = NpyFile.read(folder.resolve("logits-short.npy"));
    int[] tokens = Arrays.copyOf(ids(expected(folder).get("input_ids")), golden.length);
    try (Forward forward = new Forward(folder, 2)) {
      for (int chunk : new int[] {tokens.length, 1}) {
        assertLogits(golden, forward.logits(tokens, chunk));
      }
    }
  }

  /** Three sequences at different points of the same text, fed together piece by piece. */
  @ParameterizedTest
  @MethodSource("models")
  void amongOtherSequences(Path model) throws IOException {
    double[][] golden = logits(model);
    int[] tokens = ids(expected(model).get("input_ids"));
    try (Forward forward = new Forward(model, 2);
        KvCache first = forward.decoder.newCache(tokens.length);
        KvCache second = forward.decoder.newCache(tokens.length);
        KvCache third = forward.decoder.newCache(tokens.length)) {
      while (first.length() < tokens.length) {
        List<Batch.Entry> entries = new ArrayList<>();
        entries.add(entry(first, tokens, 1));
        if (second.length() < tokens.length) {
          entries.add(entry(second, tokens, 5));
        }
        if (third.length() < tokens.length) {
          entries.add(entry(third, tokens, 13));
        }
        int[] positions =
            entries.stream()
                .flatMapToInt(
                    entry ->
                        java.util.stream.IntStream.range(0, entry.tokens().length)
                            .map(i -> entry.cache().length() + i))
                .toArray();
        List<float[]> logits = Forward.rows(forward.decoder.forward(new Batch(entries)));
        for (int row = 0; row < positions.length; row++) {
          assertRow(golden[positions[row]], logits.get(row), positions[row]);
        }
      }
    }
  }

  private static Batch.Entry entry(KvCache cache, int[] tokens, int count) {
    int[] piece =
        Arrays.copyOfRange(tokens, cache.length(), Math.min(tokens.length, cache.length() + count));
    return new Batch.Entry(cache, piece, piece.length);
  }

  @ParameterizedTest
  @MethodSource("models")
  void greedyContinuation(Path model) {
    assumeTrue(ownLogits(model).isEmpty(), "the continuation is the folder's");
    JsonNode expected = expected(model);
    JsonNode golden = expected.get("variants").get(variant(model).toUpperCase(Locale.ROOT));
    int[] continuation = ids(golden.get("greedy_new_tokens"));
    try (Forward forward = new Forward(model, 2)) {
      assertArrayEquals(
          continuation, forward.greedy(ids(expected.get("greedy_prompt")), continuation.length));
    }
  }

  private static void assertLogits(double[][] golden, float[][] logits) {
    assertEquals(golden.length, logits.length);
    for (int position = 0; position < golden.length; position++) {
      assertRow(golden[position], logits[position], position);
    }
  }

  private static void assertRow(double[] golden, float[] logits, int position) {
    assertEquals(golden.length, logits.length);
    for (int token = 0; token < golden.length; token++) {
      assertEquals(
          golden[token], logits[token], TOLERANCE, "position " + position + ", token " + token);
    }
  }
}
