package dev.ridgepoint.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.model.TestResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Ids that llama.cpp, Hugging Face's tokenizers and SentencePiece made. Most of the vocabularies
 * are of others and lie outside the repository.
 */
class GoldenTokensTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("ridgepoint.golden", "../../shared/golden"));

  @ParameterizedTest
  @ValueSource(strings = {"deepseek-llm", "gpt-2", "llama-bpe", "llama-spm", "qwen2"})
  void vocabulariesOfLlamaCpp(String name) throws IOException {
    Path file = golden("vocab/ggml-vocab-" + name + ".gguf");
    Tokenizer tokenizer = TokenizerFiles.read(file);
    List<String> texts =
        List.of(Files.readString(Path.of(file + ".inp")).split("\n__ggml_vocab_test__\n", -1));
    List<String> ids = List.of(Files.readString(Path.of(file + ".out")).split("\n", -1));
    assertEquals(47, texts.size());
    assertEquals(47, ids.size());
    for (int i = 0; i < ids.size(); i++) {
      int[] expected =
          Stream.of(ids.get(i).split(" "))
              .filter(id -> !id.isEmpty())
              .mapToInt(Integer::parseInt)
              .toArray();
      String text = texts.get(i);
      assertArrayEquals(expected, tokenizer.encode(text, false, true), "ids of " + text);
      assertEquals(text, tokenizer.decode(expected, true));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"byte_level", "split_qwen2", "split_cl100k", "metaspace", "spm_bpe_model"})
  void tokenizersOfHuggingFaceAndSentencePiece(String name) {
    Path folder = golden("third_party/neural-api_LGPL-2.1/tokenizers");
    JsonNode group = JsonMapper.shared().readTree(folder.resolve("cases.json").toFile()).get(name);
    Tokenizer tokenizer = TokenizerFiles.read(folder.resolve(group.get("tokenizer").stringValue()));
    for (JsonNode each : group.get("cases")) {
      String text = each.get("text").stringValue();
      int[] expected = ints(each.get("ids"));
      assertArrayEquals(expected, tokenizer.encode(text, false, true), "ids of " + text);
      assertEquals(each.get("decoded").stringValue(), tokenizer.decode(expected, false));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"empty-prompt", "once-upon", "tim-and-dog", "utf8", "spaces"})
  void promptsOfATrainedModel(String name) {
    Path folder = golden("stories260K");
    Tokenizer tokenizer = TokenizerFiles.read(folder.resolve("stories260K.gguf"));
    JsonNode json = JsonMapper.shared().readTree(folder.resolve(name + ".json").toFile());
    String prompt = json.get("prompt").stringValue();
    int[] expected = ints(json.get("prompt_tokens_llamacpp_add_bos"));
    assertArrayEquals(expected, tokenizer.encode(prompt, true, true));
    assertEquals(prompt, tokenizer.decode(expected, false));
  }

  @Test
  void tokenizersOfTheTinyModels() throws IOException {
    try (Stream<Path> folders = Files.list(golden("logits"))) {
      List<Path> withTokens =
          folders.filter(folder -> Files.exists(folder.resolve("tokenize.json"))).toList();
      assertEquals(31, withTokens.size());
      for (Path folder : withTokens) {
        assertTokens(folder.resolve("hf-f32"), folder.resolve("tokenize.json"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tokenizer/byte-level", "logits/llama-gqa/model-f32.gguf"})
  void aTinyModelsTokenizerAsJsonAndAsGguf(String path) {
    assertTokens(
        TestResources.path(path), TestResources.path("tokenizer/byte-level/tokenize.json"));
  }

  private static void assertTokens(Path model, Path cases) {
    Tokenizer tokenizer = TokenizerFiles.read(model);
    for (JsonNode each : JsonMapper.shared().readTree(cases.toFile())) {
      String text = each.get("text").stringValue();
      int[] expected = ints(each.get("ids"));
      assertArrayEquals(expected, tokenizer.encode(text, false, true), model + ": " + text);
      assertEquals(text, tokenizer.decode(expected, true));
    }
  }

  private static int[] ints(JsonNode array) {
    int[] ints = new int[array.size()];
    Arrays.setAll(ints, i -> array.get(i).intValue());
    return ints;
  }

  private static Path golden(String name) {
    Path path = GOLDEN.resolve(name);
    assumeTrue(Files.exists(path), path + " is absent");
    return path;
  }
}
