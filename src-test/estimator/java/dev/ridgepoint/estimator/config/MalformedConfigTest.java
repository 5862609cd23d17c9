package dev.ridgepoint.estimator.config;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no config can be, refused by file, field and value. */
class MalformedConfigTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "config-empty, is empty, config.json",
    "config-missing-key, hidden_size, is missing",
    "config-string-number, hidden_size, \"16\"",
    "config-negative, vocab_size, -40",
    "config-huge-layers, num_hidden_layers, 2147483647",
    "config-heads-not-divisible, num_key_value_heads, 3",
    "config-rope-unknown, rope_scaling.rope_type, magic",
    "config-deep-json, nesting depth, 64",
  })
  void refusesTheGoldenBadConfigs(String name, String field, String value) {
    assertContains(refusal(Configs.golden("bad").resolve(name)), "config.json", field, value);
  }

  @Test
  void namesAMissingFile() {
    assertContains(refusal(folder), folder.resolve("config.json").toString(), "no such file");
    assertContains(refusal(folder.resolve("nowhere")), "nowhere", "no such file");
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
        "'rope_scaling': {'rope_type': 'yarn', 'beta_fast': 2} | rope_scaling.factor | is missing",
        "'rope_scaling': {'rope_type': 'llama3'} | rope_scaling.factor | is missing",
        "'rope_scaling': {'rope_type': 'linear', 'factor': 0} | rope_scaling.factor | 0.0",
        "'rope_scaling': {'rope_type': 'linear', 'type': 'default', 'factor': 2}"
            + " | rope_scaling.type | default",
        "'rope_scaling': {'rope_type': 'default', 'mrope_section': [1]}"
            + " | rope_scaling.mrope_section | not supported",
        "'rope_scaling': {'rope_type': 'llama3', 'factor': 8, 'low_freq_factor': 4, "
            + "'high_freq_factor': 3, 'original_max_position_embeddings': 32}"
            + " | rope_scaling.high_freq_factor | 3.0",
        "'rope_scaling': {'rope_type': 'default'}, 'rope_parameters': {'rope_theta': 7}"
            + " | rope_scaling | rope_parameters",
        "'rope_theta': 8, 'rope_parameters': {'rope_theta': 7} | rope_parameters.rope_theta | 7.0",
        "'layer_types': ['full_attention'] | layer_types | 1",
        "'layer_types': 'full_attention' | layer_types | full_attention",
        "'layer_types': ['full_attention', 'linear_attention'] | layer_types[1] | linear_attention",
        "'layer_types': ['full_attention', 'sliding_attention'] | layer_types[1] | no sliding"
            + " window",
        "'model_type': 'gpt5' | model_type | gpt5",
        "'hidden_act': 'tanh' | hidden_act | tanh",
        "'rope_scaling': {'rope_type': 'yarn', 'factor': 2, 'beta_fast': 1} |"
            + " rope_scaling.beta_fast | 1.0",
        "'rope_scaling': {'rope_type': 'yarn', 'factor': 2, 'attention_factor': 0}"
            + " | rope_scaling.attention_factor | 0.0",
        "'rope_scaling': {'rope_type': 'dynamic', 'factor': 0.5} | rope_scaling.factor | 0.5",
        "'rope_scaling': {'rope_type': 'longrope', 'short_factor': [1], 'long_factor': [1, 2]}"
            + " | rope_scaling.short_factor | 1",
        "'rope_scaling': {'rope_type': 'longrope', 'short_factor': [1, 'x'], 'long_factor': [1, 2]}"
            + " | rope_scaling.short_factor | \"x\"",
        "'rope_scaling': {'rope_type': 'longrope', 'short_factor': [1, 0], 'long_factor': [1, 2]}"
            + " | rope_scaling.short_factor | 0.0",
        "'rope_parameters': {'partial_rotary_factor': 0.5} | rope_parameters.partial_rotary_factor"
            + " | 0.5",
        "'text_config': {'model_type': 'llama'} | text_config.intermediate_size | is missing",
        "'text_config': 3 | text_config | 3",
      })
  void refusesFields(String fields, String field, String value) {
    assertContains(refusal(Configs.json("llama", fields)), "test.json: " + field, value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "mistral | 'sliding_window': 0 | sliding_window | 0",
        "mistral | 'sliding_window': -4 | sliding_window | -4",
        "qwen2 | 'use_sliding_window': true, 'max_window_layers': -1 | max_window_layers | -1",
        "qwen3 | 'layer_types': ['full_attention', 'sliding_attention'] | layer_types[1] | no"
            + " sliding",
      })
  void refusesSlidingWindows(String family, String fields, String field, String value) {
    assertContains(refusal(Configs.json(family, fields)), "test.json: " + field, value);
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
    assertContains(
        refusal(Configs.json("llama", "'model_type': '" + "x\\n".repeat(1 << 20) + "'")),
        "model_type");
  }

  private static String refusal(Path path) {
    return oneLine(
        assertThrows(InvalidInputException.class, () -> ConfigReader.read(path)).getMessage());
  }

  private static String refusal(String json) {
    return oneLine(
        assertThrows(InvalidInputException.class, () -> ConfigReader.parse("test.json", json))
            .getMessage());
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
}
