package dev.ridgepoint.estimator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HuggingFaceConfigTest {
  private static final Path GOLDEN = resource("/golden");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "llama-bias, llama, 32, 4, 4, 8, true, true, true, false, false, 0",
    "llama-gqa, llama, 64, 8, 2, 8, false, false, false, false, false, 0",
    "llama-linear-rope, llama, 64, 4, 1, 16, false, false, false, false, false, 0",
    "llama-sharded, llama, 48, 4, 2, 12, false, false, false, false, false, 0",
    "llama-tied-headdim, llama, 48, 4, 2, 16, false, false, false, false, true, 0",
    "llama31-rope, llama, 64, 4, 2, 16, false, false, false, false, true, 0",
    "mistral-swa, mistral, 64, 4, 2, 16, false, false, false, false, false, 8",
    "qwen2-bias, qwen2, 64, 4, 2, 16, true, false, false, false, true, 0",
    "qwen3-qknorm, qwen3, 64, 4, 2, 32, false, false, false, true, true, 0",
  })
  void readsTheGoldenModels(
      String name,
      String modelType,
      int hiddenSize,
      int heads,
      int keyValueHeads,
      int headDim,
      boolean qkvBias,
      boolean outputBias,
      boolean mlpBias,
      boolean qkNorm,
      boolean tied,
      int slidingWindow) {
    for (String variant : new String[] {"hf-f32", "hf-bf16"}) {
      ModelConfig config =
          HuggingFaceConfig.read(GOLDEN.resolve("logits").resolve(name).resolve(variant));
      assertEquals(modelType, config.modelType());
      assertEquals(hiddenSize, config.hiddenSize());
      assertEquals(heads, config.numAttentionHeads());
      assertEquals(keyValueHeads, config.numKeyValueHeads());
      assertEquals(headDim, config.headDim());
      assertEquals(qkvBias, config.qkvBias());
      assertEquals(outputBias, config.outputBias());
      assertEquals(mlpBias, config.mlpBias());
      assertEquals(qkNorm, config.qkNorm());
      assertEquals(tied, config.tieWordEmbeddings());
      assertEquals(slidingWindow, config.slidingWindow());
      assertEquals(256, config.maxPositionEmbeddings());
    }
  }

  @Test
  void readsRopeScaling() {
    assertEquals(new RopeScaling.None(), golden("llama-gqa").ropeScaling());
    assertEquals(new RopeScaling.Linear(4), golden("llama-linear-rope").ropeScaling());
    assertEquals(new RopeScaling.Llama3(8, 1, 4, 32), golden("llama31-rope").ropeScaling());
    assertEquals(500_000, golden("llama-tied-headdim").ropeTheta());
  }

  @ParameterizedTest
  @CsvSource({"gpt2, gpt2", "mixtral-moe, mixtral", "qwen3-moe, qwen3_moe"})
  void refusesOtherFamiliesByName(String name, String modelType) {
    String message = refusal(GOLDEN.resolve("logits").resolve(name).resolve("hf-f32"));
    assertContains(message, "config.json", "model_type", "\"" + modelType + "\"", "qwen3");
  }

  @ParameterizedTest
  @CsvSource({
    "config-empty, is empty, config.json",
    "config-missing-key, hidden_size, is missing",
    "config-string-number, hidden_size, \"16\"",
    "config-negative, vocab_size, -40",
    "config-huge-layers, num_hidden_layers, 2147483647",
    "config-arch-unknown, model_type, bert",
    "config-heads-not-divisible, num_key_value_heads, 3",
    "config-rope-unknown, rope_scaling.rope_type, magic",
    "config-act-unknown, hidden_act, relu2",
    "config-quantized, quantization_config, is present",
    "config-deep-json, nesting depth, 64",
  })
  void refusesTheGoldenBadConfigs(String name, String field, String value) {
    assertContains(refusal(GOLDEN.resolve("bad").resolve(name)), "config.json", field, value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"config-null-fields", "config-tied-and-head", "config-bias-missing"})
  void acceptsTheGoldenConfigsWhoseFaultIfAnyLiesInTheWeights(String name) {
    ModelConfig config = HuggingFaceConfig.read(GOLDEN.resolve("bad").resolve(name));
    assertEquals(8, config.headDim());
    assertEquals(1, config.numKeyValueHeads());
    assertEquals(name.equals("config-tied-and-head"), config.tieWordEmbeddings());
    assertEquals(name.equals("config-bias-missing"), config.qkvBias());
    assertEquals(name.equals("config-bias-missing"), config.outputBias());
  }

  @Test
  void readsTheTrainedModelWhereItIsAtHand() {
    Path model = sharedGolden().resolve("stories260K/hf-f32");
    Assumptions.assumeTrue(Files.isDirectory(model), "no shared golden set beside this project");
    ModelConfig config = HuggingFaceConfig.read(model);
    assertEquals(172, config.intermediateSize());
    assertEquals(8, config.headDim());
    assertEquals(4, config.numKeyValueHeads());
  }

  @Test
  void namesAMissingFile() {
    assertContains(refusal(folder), folder.resolve("config.json").toString(), "no such file");
    assertContains(refusal(folder.resolve("nowhere")), "nowhere", "no such file");
  }

  @Test
  void takesTheDefaultsOfTheFamily() {
    String sizes =
        """
        "vocab_size": 10, "hidden_size": 12, "intermediate_size": 6, "num_hidden_layers": 2,
        "num_attention_heads": 3\
        """;
    ModelConfig llama = parse("{\"model_type\": \"llama\", " + sizes + "}");
    assertEquals(
        new ModelConfig(
            "llama",
            10,
            12,
            6,
            2,
            3,
            3,
            4,
            2048,
            1e-6,
            10_000,
            new RopeScaling.None(),
            false,
            false,
            false,
            false,
            false,
            0,
            0),
        llama);
    ModelConfig mistral = parse("{\"model_type\": \"mistral\", " + sizes + "}");
    assertEquals(4096, mistral.slidingWindow());
    assertEquals(131_072, mistral.maxPositionEmbeddings());
    ModelConfig qwen2 = parse("{\"model_type\": \"qwen2\", " + sizes + "}");
    assertTrue(qwen2.qkvBias() && !qwen2.outputBias() && !qwen2.qkNorm());
    ModelConfig qwen3 = parse("{\"model_type\": \"qwen3\", " + sizes + "}");
    assertTrue(!qwen3.qkvBias() && qwen3.qkNorm());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "llama  | 'attention_bias': true | true | true | false",
        "llama  | 'mlp_bias': true | false | false | true",
        "qwen3  | 'attention_bias': true | true | true | false",
        "qwen2  | 'attention_bias': false | true | false | false",
        "mistral| 'attention_bias': true | false | false | false",
      })
  void givesBiasesToTheProjectionsThatTheFamilyDoes(
      String family, String field, boolean qkv, boolean output, boolean mlp) {
    ModelConfig config = parse(family, field);
    assertEquals(qkv, config.qkvBias());
    assertEquals(output, config.outputBias());
    assertEquals(mlp, config.mlpBias());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "mistral | 'sliding_window': null | 0 | 0",
        "mistral | 'sliding_window': 16 | 16 | 0",
        "llama | 'sliding_window': 16 | 0 | 0",
        "qwen2 | 'sliding_window': 16 | 0 | 0",
        "qwen2 | 'sliding_window': 16, 'use_sliding_window': true | 0 | 0",
        "qwen2 | 'sliding_window': 16, 'use_sliding_window': true, 'max_window_layers': 1 | 16 | 1",
        "qwen3 | 'sliding_window': 16, 'use_sliding_window': true, 'max_window_layers': 0 | 16 | 0",
        "qwen3 | 'sliding_window': null, 'use_sliding_window': true, 'max_window_layers': 0 | 0 |"
            + " 0",
        "qwen3 | 'sliding_window': 16, 'use_sliding_window': true, "
            + "'layer_types': ['full_attention', 'sliding_attention'] | 16 | 1",
        "llama | 'layer_types': ['full_attention', 'full_attention'] | 0 | 0",
        "mistral | 'sliding_window': 16, "
            + "'layer_types': ['sliding_attention', 'sliding_attention'] | 16 | 0",
      })
  void readsSlidingWindows(String family, String fields, int window, int firstLayer) {
    ModelConfig config = parse(family, fields);
    assertEquals(window, config.slidingWindow());
    assertEquals(firstLayer, config.firstSlidingLayer());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'rope_theta': 5000 | 5000 | None[]",
        "'rope_scaling': {'rope_type': 'default'} | 10000 | None[]",
        "'rope_scaling': {'type': 'linear', 'factor': 2} | 10000 | Linear[factor=2.0]",
        "'rope_parameters': {'rope_theta': 7} | 7 | None[]",
        "'rope_theta': 7, 'rope_parameters': {'rope_type': 'linear', 'rope_theta': 7, "
            + "'factor': 3.0} | 7 | Linear[factor=3.0]",
      })
  void readsBothSpellingsOfRope(String fields, double theta, String scaling) {
    ModelConfig config = parse("llama", fields);
    assertEquals(theta, config.ropeTheta());
    assertEquals(scaling, config.ropeScaling().toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'num_hidden_layers': 1.5 | num_hidden_layers | 1.5",
        "'num_hidden_layers': 1000000000000000000 | num_hidden_layers | 1000000000000000000",
        "'num_hidden_layers': true | num_hidden_layers | true",
        "'num_hidden_layers': [2] | num_hidden_layers | an array",
        "'intermediate_size': 0 | intermediate_size | 0",
        "'hidden_size': null | hidden_size | null",
        "'num_attention_heads': 0 | num_attention_heads | 0",
        "'num_key_value_heads': 0 | num_key_value_heads | 0",
        "'num_attention_heads': 5 | hidden_size | 12",
        "'head_dim': 3 | head_dim | 3",
        "'head_dim': 1048576 | head_dim | 1048576",
        "'max_position_embeddings': -1 | max_position_embeddings | -1",
        "'rms_norm_eps': 0 | rms_norm_eps | 0.0",
        "'rms_norm_eps': '1e-5' | rms_norm_eps | \"1e-5\"",
        "'rope_theta': 1e999 | rope_theta | Infinity",
        "'rope_theta': -1 | rope_theta | -1.0",
        "'hidden_act': 7 | hidden_act | 7",
        "'tie_word_embeddings': 'yes' | tie_word_embeddings | \"yes\"",
        "'model_type': null | model_type | null",
        "'partial_rotary_factor': 0.5 | partial_rotary_factor | 0.5",
        "'rope_scaling': 'linear' | rope_scaling | \"linear\"",
        "'rope_scaling': {'factor': 2} | rope_scaling.rope_type | is missing",
        "'rope_scaling': {'rope_type': 'yarn', 'beta_fast': 2} | rope_scaling.rope_type | yarn",
        "'rope_scaling': {'rope_type': 'llama3'} | rope_scaling.factor | is missing",
        "'rope_scaling': {'rope_type': 'linear', 'factor': 0} | rope_scaling.factor | 0.0",
        "'rope_scaling': {'rope_type': 'linear', 'type': 'default', 'factor': 2}"
            + " | rope_scaling.type | default",
        "'rope_scaling': {'rope_type': 'default', 'mrope_section': [1]}"
            + " | rope_scaling.mrope_section | not supported",
        "'rope_scaling': {'rope_type': 'llama3', 'factor': 8, 'low_freq_factor': 4, "
            + "'high_freq_factor': 4, 'original_max_position_embeddings': 32}"
            + " | rope_scaling.high_freq_factor | 4.0",
        "'rope_scaling': {'rope_type': 'default'}, 'rope_parameters': {'rope_theta': 7}"
            + " | rope_scaling | rope_parameters",
        "'rope_theta': 8, 'rope_parameters': {'rope_theta': 7} | rope_parameters.rope_theta | 7.0",
        "'layer_types': ['full_attention'] | layer_types | 1",
        "'layer_types': 'full_attention' | layer_types | full_attention",
        "'layer_types': ['full_attention', 'linear_attention'] | layer_types[1] | linear_attention",
        "'layer_types': ['full_attention', 'sliding_attention'] | layer_types | llama",
      })
  void refusesFields(String fields, String field, String value) {
    assertContains(refusal(json("llama", fields)), "test.json: " + field, value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "mistral | 'sliding_window': 0 | sliding_window | 0",
        "mistral | 'sliding_window': -4 | sliding_window | -4",
        "qwen2 | 'use_sliding_window': true, 'max_window_layers': -1 | max_window_layers | -1",
        "qwen3 | 'layer_types': ['full_attention', 'sliding_attention'] | layer_types | qwen3",
        "qwen3 | 'use_sliding_window': true, "
            + "'layer_types': ['sliding_attention', 'full_attention'] | layer_types[1] | full",
      })
  void refusesSlidingWindows(String family, String fields, String field, String value) {
    assertContains(refusal(json(family, fields)), "test.json: " + field, value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "null",
        "3",
        "{",
        "{\"model_type\": \"llama\"} {}",
        "{\"model_type\": \"llama\", \"model_type\": \"llama\"}",
        "{\"rope_theta\": NaN}",
        "{'model_type': 'llama'}",
        "   \n ",
        "\uFEFF{}",
      })
  void refusesWhatIsNoSingleObject(String json) {
    assertContains(refusal(json), "test.json: ");
  }

  @Test
  void namesADuplicateField() {
    assertContains(refusal("{\"vocab_size\": 1, \"vocab_size\": 2}"), "vocab_size", "uplicate");
  }

  @Test
  void refusesInvalidUtf8() throws IOException {
    byte[] bytes = "{\"model_type\": \"ll?ma\"}".getBytes(StandardCharsets.ISO_8859_1);
    bytes[18] = (byte) 0xE9;
    Files.write(folder.resolve("config.json"), bytes);
    assertContains(refusal(folder), "config.json", "UTF-8");
  }

  @Test
  void refusesDeepObjectsAndLongValues() {
    assertContains(refusal("{\"a\":".repeat(100_000)), "nesting depth");
    assertContains(refusal("[".repeat(100_000)), "nesting depth");
    String message = refusal(json("llama", "'model_type': '" + "x\\n".repeat(1 << 20) + "'"));
    assertTrue(message.length() < 300, message);
  }

  private static ModelConfig parse(String json) {
    return HuggingFaceConfig.parse("test.json", json);
  }

  private static ModelConfig parse(String family, String fields) {
    return parse(json(family, fields));
  }

  /** A small valid config with some fields, in single quotes, added or replaced. */
  private static String json(String family, String fields) {
    StringBuilder json = new StringBuilder("{" + fields.replace('\'', '"'));
    String[][] others = {
      {"model_type", '"' + family + '"'},
      {"vocab_size", "10"},
      {"hidden_size", "12"},
      {"intermediate_size", "6"},
      {"num_hidden_layers", "2"},
      {"num_attention_heads", "3"},
    };
    for (String[] other : others) {
      if (!fields.contains("'" + other[0] + "'")) {
        json.append(", \"").append(other[0]).append("\": ").append(other[1]);
      }
    }
    return json.append('}').toString();
  }

  private static ModelConfig golden(String name) {
    return HuggingFaceConfig.read(GOLDEN.resolve("logits").resolve(name).resolve("hf-f32"));
  }

  private static String refusal(Path path) {
    return oneLine(
        assertThrows(InvalidInputException.class, () -> HuggingFaceConfig.read(path)).getMessage());
  }

  private static String refusal(String json) {
    return oneLine(assertThrows(InvalidInputException.class, () -> parse(json)).getMessage());
  }

  private static String oneLine(String message) {
    assertFalse(message.contains("\n"), message);
    assertTrue(message.length() < 500, message);
    return message;
  }

  private static void assertContains(String message, String... parts) {
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "\"" + part + "\" is not in: " + message);
    }
  }

  private static Path resource(String name) {
    try {
      return Path.of(HuggingFaceConfigTest.class.getResource(name).toURI());
    } catch (java.net.URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** The golden set that lies beside this project, or a path that does not exist. */
  private static Path sharedGolden() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve("shared/golden"))) {
        return at.resolve("shared/golden");
      }
    }
    return Path.of("shared/golden");
  }
}
