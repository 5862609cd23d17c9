package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads Mistral's own {@code params.json}, the {@code TransformerArgs} of mistral-inference. Absent
 * fields take what {@code convert_mistral_weights_to_hf.py} of transformers puts there. What would
 * change the result and is not known is refused by name.
 */
final class MistralParams {
  static final String NAME = "params.json";

  private static final double ROPE_THETA = 10_000;
  private static final String EXPERTS = "moe";
  private static final String VISION = "vision_encoder";

  /** The last two say how long a sequence may become, or nothing of the weights. */
  private static final Set<String> KNOWN =
      Set.of(
          "dim",
          "n_layers",
          "head_dim",
          "hidden_dim",
          "n_heads",
          "n_kv_heads",
          "norm_eps",
          "vocab_size",
          "rope_theta",
          "sliding_window",
          "tied_embeddings",
          EXPERTS,
          VISION,
          "max_position_embeddings",
          "max_seq_len",
          "model_type");

  private MistralParams() {}

  /**
   * The architecture that a file describes, as Hugging Face's Mistral or Mixtral.
   *
   * @throws InvalidInputException one line with file, field and value
   */
  static Architecture read(Path path) {
    JsonFields params = new JsonFields(path.toString(), StrictJson.readObject(path));
    params.requireOnly(KNOWN);
    Architecture architecture = ConfigReader.of(path.toString(), config(params));
    return params.has(VISION) ? architecture.withOmitted(List.of(VISION)) : architecture;
  }

  private static ObjectNode config(JsonFields params) {
    Optional<JsonFields> experts =
        params.has(EXPERTS) ? Optional.of(params.requiredObject(EXPERTS)) : Optional.empty();
    int heads = params.requiredInt("n_heads");
    ObjectNode config = JsonMapper.shared().createObjectNode();
    config.put("model_type", experts.isPresent() ? "mixtral" : "mistral");
    config.put("hidden_size", params.requiredInt("dim"));
    config.put("num_hidden_layers", params.requiredInt("n_layers"));
    config.put("intermediate_size", params.requiredInt("hidden_dim"));
    config.put("num_attention_heads", heads);
    config.put("num_key_value_heads", params.intOr("n_kv_heads", heads));
    config.put("vocab_size", params.requiredInt("vocab_size"));
    config.put("rms_norm_eps", params.requiredDouble("norm_eps"));
    config.put("rope_theta", params.doubleOr("rope_theta", ROPE_THETA));
    config.put("tie_word_embeddings", params.booleanOr("tied_embeddings", false));
    if (params.has("head_dim")) {
      config.put("head_dim", params.requiredInt("head_dim"));
    }
    if (params.has("sliding_window")) {
      config.put("sliding_window", params.requiredInt("sliding_window"));
    } else {
      config.putNull("sliding_window");
    }
    for (String positions : List.of("max_seq_len", "max_position_embeddings")) {
      if (params.has(positions)) {
        config.put("max_position_embeddings", params.requiredInt(positions));
      }
    }
    experts.ifPresent(
        moe -> {
          config.put("num_local_experts", moe.requiredInt("num_experts"));
          config.put("num_experts_per_tok", moe.requiredInt("num_experts_per_tok"));
        });
    return config;
  }
}
