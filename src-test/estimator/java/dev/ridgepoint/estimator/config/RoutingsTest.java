package dev.ridgepoint.estimator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.Routing;
import dev.ridgepoint.estimator.architecture.Routing.Bias;
import dev.ridgepoint.estimator.input.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the families' routers choose, as transformers' modeling files have it. */
class RoutingsTest {
  private static final String SIZES =
      """
      "vocab_size": 64, "hidden_size": 32, "intermediate_size": 16, "num_hidden_layers": 2,
      "num_attention_heads": 4, "num_key_value_heads": 4, "num_local_experts": 8,
      "num_experts": 8, "n_routed_experts": 8, "num_experts_per_tok": 2,
      "moe_intermediate_size": 16, "shared_expert_intermediate_size": 16,
      "first_k_dense_replace": 0, "kv_lora_rank": 8, "qk_nope_head_dim": 4,
      "qk_rope_head_dim": 4, "v_head_dim": 4, "max_position_embeddings": 64
      """;

  private static Routing routing(String modelType, String fields) {
    String text =
        "{\"model_type\": \"%s\", %s%s}"
            .formatted(modelType, SIZES, fields.isEmpty() ? "" : ", " + fields);
    Architecture architecture = ConfigReader.parse("config.json", text);
    var last = architecture.decoder().orElseThrow().layers().getLast().feedForward();
    return ((MixtureOfExperts) last).routing();
  }

  @ParameterizedTest
  @CsvSource({
    "mixtral, true",
    "granitemoe, true",
    "qwen2_moe, false",
    "qwen3_moe, false",
    "olmoe, false"
  })
  void aSoftmax(String modelType, boolean isNormalized) {
    assertEquals(Routing.SOFTMAX.normalized(isNormalized), routing(modelType, ""));
  }

  @ParameterizedTest
  @CsvSource({"qwen2_moe", "qwen3_moe", "olmoe"})
  void normalizedIfTheConfigSaysSo(String modelType) {
    assertEquals(Routing.NORMALIZED_SOFTMAX, routing(modelType, "\"norm_topk_prob\": true"));
  }

  @Test
  void ofBiasedScores() {
    assertEquals(Routing.NORMALIZED_SOFTMAX.withBias(Bias.SCORES), routing("gpt_oss", ""));
  }

  @Test
  void deepSeekV2() {
    assertEquals(
        Routing.SOFTMAX.scaled(16).ofGroups(4, 2, 1),
        routing(
            "deepseek_v2",
            "\"topk_method\": \"group_limited_greedy\", \"n_group\": 4, \"topk_group\": 2,"
                + " \"routed_scaling_factor\": 16, \"norm_topk_prob\": false"));
    assertEquals(
        Routing.SOFTMAX,
        routing("deepseek_v2", "\"topk_method\": \"greedy\", \"n_group\": 1, \"topk_group\": 1"));
  }

  @Test
  void deepSeekV3() {
    assertEquals(
        Routing.SIGMOID.withBias(Bias.CHOICE).normalized(true).ofGroups(4, 2, 2).scaled(2.5),
        routing("deepseek_v3", "\"n_group\": 4, \"topk_group\": 2"));
    assertEquals(
        Routing.SIGMOID.withBias(Bias.CHOICE).normalized(true).ofGroups(1, 1, 2).scaled(1.5),
        routing("glm4_moe", "\"routed_scaling_factor\": 1.5"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"n_group\": 3 | n_group must divide 8 experts, but is 3",
        "\"n_group\": 8 | topk_group must have 2 experts for a token, but is 1",
        "\"topk_group\": 2 | topk_group must lie in 1..1, but is 2",
        "\"routed_scaling_factor\": 0 | routed_scaling_factor must be positive, but is 0.0"
      })
  void refusesInOneLine(String field, String message) {
    InvalidInputException refused =
        assertThrows(InvalidInputException.class, () -> routing("deepseek_v3", field));
    assertEquals("config.json: " + message, refused.getMessage());
  }
}
