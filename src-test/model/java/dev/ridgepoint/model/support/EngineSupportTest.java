package dev.ridgepoint.model.support;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.TestResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the engine refuses to run, though it can be estimated. */
class EngineSupportTest {
  private static final String SIZES =
      """
      {"vocab_size": 64, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
       "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 128}
      """;

  @Test
  void eachFamilyThatRunsHasGoldenLogits() throws IOException {
    try (Stream<Path> files = Files.walk(TestResources.path("logits"))) {
      Set<String> tested =
          files
              .filter(file -> file.endsWith("config.json"))
              .map(file -> ConfigReader.read(file).modelType())
              .collect(Collectors.toSet());
      assertEquals(tested, EngineSupport.TESTED_FAMILIES);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llama   | {} ",
        "gemma2  | {} ",
        "gemma3_text | {}",
        "mistral | {\"sliding_window\": 8}",
        "qwen2   | {\"use_sliding_window\": true, \"sliding_window\": 8, \"max_window_layers\": 1}",
        "qwen3   | {\"attention_bias\": true}",
        "llama   | {\"rope_scaling\": {\"type\": \"yarn\", \"factor\": 4.0}}",
        "granite | {\"residual_multiplier\": 0.2, \"logits_scaling\": 8}",
        "phi3    | {\"partial_rotary_factor\": 0.5}",
        "stablelm | {\"use_parallel_residual\": true}",
        "gpt_neox | {\"use_parallel_residual\": false}",
        "mixtral | {\"num_local_experts\": 4, \"num_experts_per_tok\": 2}",
        "qwen3_moe | {\"num_experts\": 8, \"num_experts_per_tok\": 2, \"mlp_only_layers\": [1],"
            + " \"moe_intermediate_size\": 16}",
      })
  void runs(String modelType, String fields) {
    assertDoesNotThrow(() -> EngineSupport.require("config.json", architecture(modelType, fields)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llama     | {\"hidden_act\": \"gelu\"} | hidden_act GELU of a gate",
        "starcoder2 | {\"hidden_act\": \"relu\"} | hidden_act RELU without a gate",
        "internlm2 | {} | test of this family against a reference",
        "stablelm  | {\"qk_layernorm\": true} | norm LAYER_WITHOUT_BIAS PER_HEAD of queries and"
            + " keys",
        "cohere    | {} | norm LAYER_WITHOUT_BIAS",
        "olmoe     | {\"num_experts\": 4, \"num_experts_per_tok\": 2, \"clip_qkv\": 8} |"
            + " bound of queries and keys behind their norm",
        "phimoe    | {\"num_local_experts\": 4, \"num_experts_per_tok\": 2} |"
            + " test of this family against a reference",
        "hunyuan_v1_moe | {\"num_experts\": [4, 8], \"moe_topk\": 1, \"num_shared_expert\": 1} |"
            + " layers with different numbers of experts",
        "bert      | {} | encoder",
        "deepseek_v32 | {\"kv_lora_rank\": 16, \"q_lora_rank\": 8, \"qk_nope_head_dim\": 8,"
            + " \"qk_rope_head_dim\": 4, \"v_head_dim\": 8, \"n_routed_experts\": 4,"
            + " \"num_experts_per_tok\": 2, \"moe_intermediate_size\": 16, \"index_n_heads\": 2,"
            + " \"index_head_dim\": 8, \"index_topk\": 4} | indexer of sparse attention",
      })
  void refusesInOneLine(String modelType, String fields, String lacking) {
    InvalidInputException refused =
        assertThrows(
            InvalidInputException.class,
            () -> EngineSupport.require("config.json", architecture(modelType, fields)));
    assertEquals(
        "config.json: model_type \"%s\" can be estimated, but not run: the engine has no %s"
            .formatted(modelType, lacking),
        refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"DeepSeek-V2-Lite", "DeepSeek-V2", "DeepSeek-V3"})
  void runsLatentAttention(String model) {
    assertEquals(Optional.empty(), EngineSupport.lacking(ModelCatalog.get(model)));
  }

  @Test
  void hasAnAnswerForEveryKnownModel() {
    ModelCatalog.names()
        .forEach(
            name -> assertDoesNotThrow(() -> EngineSupport.lacking(ModelCatalog.get(name)), name));
  }

  private static Architecture architecture(String modelType, String fields) {
    ObjectNode config = (ObjectNode) JsonMapper.shared().readTree(SIZES);
    config.put("model_type", modelType);
    config.setAll((ObjectNode) JsonMapper.shared().readTree(fields));
    return ConfigReader.of("config.json", config);
  }
}
