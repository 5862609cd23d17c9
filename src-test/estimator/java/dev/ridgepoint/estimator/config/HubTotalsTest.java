package dev.ridgepoint.estimator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Component;
import dev.ridgepoint.estimator.architecture.Mamba;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.architecture.PlacedWeight;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Families of which the catalogue has no model, against totals that the Hugging Face Hub shows for
 * the repository named, or bytes of an index file. Of the published configs the sizes alone stand
 * here.
 */
class HubTotalsTest {
  private static Architecture read(String config) {
    return ConfigReader.parse("config.json", config);
  }

  private static long total(Architecture architecture) {
    return ParameterCount.of(architecture).total();
  }

  /** MiniMaxAI/MiniMax-M2. */
  @Test
  void miniMaxM2() {
    Architecture architecture =
        read(
            """
            {"model_type": "minimax_m2", "vocab_size": 200064, "hidden_size": 3072,
             "intermediate_size": 1536, "num_hidden_layers": 62, "num_attention_heads": 48,
             "num_key_value_heads": 8, "head_dim": 128, "num_local_experts": 256,
             "num_experts_per_tok": 8, "rotary_dim": 64, "use_qk_norm": true,
             "tie_word_embeddings": false}
            """);
    assertEquals(228_689_764_864L, total(architecture));
  }

  /**
   * moonshotai/Kimi-K2-Instruct without the scales of its FP8 blocks. Its files keep each layer's
   * rotary frequencies, by mistake those of 7168 / 64 dimensions (NVIDIA-NeMo/Megatron-Bridge issue
   * 1861); the Hub counts them, and of Kimi-K2-Base the scales, too.
   */
  @Test
  void kimiK2() {
    Architecture architecture =
        read(
            """
            {"model_type": "kimi_k2", "vocab_size": 163840, "hidden_size": 7168,
             "intermediate_size": 18432, "moe_intermediate_size": 2048, "num_hidden_layers": 61,
             "num_attention_heads": 64, "num_key_value_heads": 64, "n_routed_experts": 384,
             "n_shared_experts": 1, "num_experts_per_tok": 8, "first_k_dense_replace": 1,
             "moe_layer_freq": 1, "n_group": 1, "topk_group": 1, "topk_method": "noaux_tc",
             "scoring_func": "sigmoid", "norm_topk_prob": true, "routed_scaling_factor": 2.827,
             "kv_lora_rank": 512, "q_lora_rank": 1536, "qk_nope_head_dim": 128,
             "qk_rope_head_dim": 64, "v_head_dim": 128, "tie_word_embeddings": false}
            """);
    long frequencies = 61 * (7168 / 64 / 2);
    assertEquals(1_026_408_235_864L, total(architecture) + frequencies);
    long blocks = 0; // of 128 x 128, the last of them cut
    for (WeightTensor tensor : quantised(architecture)) {
      blocks +=
          tensor.copies()
              * Math.ceilDiv(tensor.rows(), 128L)
              * Math.ceilDiv(tensor.columns(), 128L);
    }
    assertEquals(1_026_470_731_056L, total(architecture) + frequencies + blocks);
  }

  private static List<WeightTensor> quantised(Architecture architecture) {
    return PlacedWeight.all(architecture).stream()
        .map(PlacedWeight::tensor)
        .filter(WeightTensor::isMatrix)
        .filter(
            tensor ->
                tensor.component() == Component.ATTENTION
                    || tensor.component() == Component.FEED_FORWARD)
        .toList();
  }

  /** MiniMaxAI/MiniMax-M1-80k, which has the layers of MiniMax-Text-01. */
  @Test
  void miniMaxText01() {
    String types = "0, 0, 0, 0, 0, 0, 0, 1, ".repeat(10);
    Architecture architecture =
        read(
            """
            {"model_type": "minimax_text_01", "vocab_size": 200064, "hidden_size": 6144,
             "intermediate_size": 9216, "num_hidden_layers": 80, "num_attention_heads": 64,
             "num_key_value_heads": 8, "head_dim": 128, "num_local_experts": 32,
             "num_experts_per_tok": 2, "rotary_dim": 64, "attn_type_list": [%s],
             "tie_word_embeddings": false}
            """
                .formatted(types.substring(0, types.length() - 2)));
    assertEquals(456_089_655_296L, total(architecture));
  }

  /** zai-org/GLM-5, whose repository holds a module for a further token. */
  @Test
  void glmMoeDsa() {
    Architecture architecture =
        read(
            """
            {"model_type": "glm_moe_dsa", "vocab_size": 154880, "hidden_size": 6144,
             "intermediate_size": 12288, "moe_intermediate_size": 2048, "num_hidden_layers": 78,
             "num_attention_heads": 64, "num_key_value_heads": 64, "n_shared_experts": 1,
             "n_routed_experts": 256, "num_experts_per_tok": 8, "first_k_dense_replace": 3,
             "q_lora_rank": 2048, "kv_lora_rank": 512, "qk_nope_head_dim": 192,
             "qk_rope_head_dim": 64, "v_head_dim": 256, "index_topk": 2048, "index_head_dim": 128,
             "index_n_heads": 32, "num_nextn_predict_layers": 1, "tie_word_embeddings": false}
            """);
    assertEquals(
        753_864_139_008L,
        total(architecture) + ParameterCount.ofNextTokenPrediction(architecture).total());
    // The index of mlx-community/GLM-5-bf16, without that module: biases of experts are in F32.
    long biases = 75 * 256;
    assertEquals(1_487_822_475_264L, 2 * total(architecture) + 2 * biases);
  }

  /** deepseek-ai/deepseek-moe-16b-base. */
  @Test
  void deepSeekMoe() {
    Architecture architecture =
        read(
            """
            {"model_type": "deepseek", "vocab_size": 102400, "hidden_size": 2048,
             "intermediate_size": 10944, "moe_intermediate_size": 1408, "num_hidden_layers": 28,
             "num_attention_heads": 16, "num_key_value_heads": 16, "n_shared_experts": 2,
             "n_routed_experts": 64, "num_experts_per_tok": 6, "moe_layer_freq": 1,
             "first_k_dense_replace": 1, "tie_word_embeddings": false}
            """);
    assertEquals(16_375_728_128L, total(architecture));
    assertEquals(2_828_650_496L, ParameterCount.active(architecture).total());
  }

  /** zai-org/glm-4-9b-chat-hf, as its trainable parameters are printed. */
  @Test
  void glm() {
    Architecture architecture =
        read(
            """
            {"model_type": "glm", "vocab_size": 151552, "hidden_size": 4096,
             "intermediate_size": 13696, "num_hidden_layers": 40, "num_attention_heads": 32,
             "num_key_value_heads": 2, "head_dim": 128, "attention_bias": true,
             "partial_rotary_factor": 0.5, "tie_word_embeddings": false}
            """);
    assertEquals(9_399_951_360L, total(architecture));
  }

  /** The index of mlx-community/gemma-4-26b-a4b-it-bf16: tower and projector of images besides. */
  @Test
  void gemma4WithExperts() {
    String period = "\"sliding_attention\", ".repeat(5) + "\"full_attention\", ";
    String types = period.repeat(5);
    Architecture architecture =
        read(
            """
            {"model_type": "gemma4_text", "vocab_size": 262144, "hidden_size": 2816,
             "intermediate_size": 2112, "moe_intermediate_size": 704, "num_hidden_layers": 30,
             "num_attention_heads": 16, "num_key_value_heads": 8, "num_global_key_value_heads": 2,
             "head_dim": 256, "global_head_dim": 512, "attention_k_eq_v": true,
             "enable_moe_block": true, "num_experts": 128, "top_k_experts": 8,
             "hidden_size_per_layer_input": 0, "num_kv_shared_layers": 0, "sliding_window": 1024,
             "layer_types": [%s], "tie_word_embeddings": true}
            """
                .formatted(types.substring(0, types.length() - 2)));
    long tower = 569_550_384;
    long projector = 2816 * 1152;
    assertEquals(51_611_872_412L, 2 * (total(architecture) + tower + projector));
  }

  /** tiiuae/falcon-mamba-7b says an expansion of 16 beside the size that its weights have. */
  @Test
  void falconMambasIntermediateSizeCounts() {
    Architecture architecture =
        read(
            """
            {"model_type": "falcon_mamba", "vocab_size": 65024, "hidden_size": 4096, "expand": 16,
             "intermediate_size": 8192, "num_hidden_layers": 64, "state_size": 16,
             "time_step_rank": 256, "tie_word_embeddings": false}
            """);
    Mamba mixer =
        (Mamba) architecture.decoder().orElseThrow().layers().getFirst().recurrences().getFirst();
    assertEquals(8192, mixer.innerSize());
    // The Hub rounds to 7.27 B.
    assertEquals(7.27e9, (double) total(architecture), 0.005e9);
  }
}
