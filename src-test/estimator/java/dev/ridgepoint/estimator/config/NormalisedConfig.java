package dev.ridgepoint.estimator.config;

import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Spells the normalised fields of the collection of facts as each family's config does. */
final class NormalisedConfig {
  private static final Map<String, String> GPT2 =
      Map.of(
          "hidden_size", "n_embd",
          "num_hidden_layers", "n_layer",
          "num_attention_heads", "n_head",
          "intermediate_size", "n_inner",
          "max_position_embeddings", "n_positions",
          "hidden_act", "activation_function");

  private NormalisedConfig() {}

  static ObjectNode toHuggingFace(ObjectNode normalised) {
    ObjectNode config = normalised.deepCopy();
    // What this means differs by family; the families' own flags follow below.
    config.remove("attention_bias");
    String modelType = config.get("model_type").stringValue();
    rename(config, "norm_eps", epsilonField(modelType));
    switch (modelType) {
      case "gpt2" -> GPT2.forEach((from, to) -> rename(config, from, to));
      case "opt" -> {
        rename(config, "intermediate_size", "ffn_dim");
        rename(config, "hidden_act", "activation_function");
      }
      case "gpt_neox" -> rename(config, "partial_rotary_factor", "rotary_pct");
      case "falcon" -> {
        boolean isGrouped = config.get("num_key_value_heads").intValue() > 1;
        config.put("new_decoder_architecture", isGrouped);
        rename(config, "num_key_value_heads", "num_kv_heads");
      }
      case "stablelm" -> rename(config, "qkv_bias", "use_qkv_bias");
      case "starcoder2" -> {
        rename(config, "qkv_bias", "use_bias");
        config.put("hidden_act", "gelu_pytorch_tanh");
      }
      case "gemma", "gemma2", "gemma3_text" -> config.remove("sliding_window_pattern");
      case "mixtral" -> rename(config, "num_experts", "num_local_experts");
      case "gpt_oss" -> {
        rename(config, "num_experts", "num_local_experts");
        config.remove("sliding_window_pattern");
      }
      case "deepseek_v2", "deepseek_v3" -> rename(config, "num_experts", "n_routed_experts");
      default -> {}
    }
    return config;
  }

  private static String epsilonField(String modelType) {
    return switch (modelType) {
      case "gpt_neox", "phi", "stablelm", "bert" -> "layer_norm_eps";
      case "gpt2", "bloom", "falcon", "t5" -> "layer_norm_epsilon";
      case "starcoder2" -> "norm_epsilon";
      default -> "rms_norm_eps";
    };
  }

  private static void rename(ObjectNode config, String from, String to) {
    JsonNode value = config.remove(from);
    if (value != null) {
      config.set(to, value);
    }
  }
}
