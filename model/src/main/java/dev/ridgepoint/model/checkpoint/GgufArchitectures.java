package dev.ridgepoint.model.checkpoint;

import static dev.ridgepoint.model.checkpoint.GgufArchitecture.Trait.BIASES;
import static dev.ridgepoint.model.checkpoint.GgufArchitecture.Trait.EXPERT_GROUPS;
import static dev.ridgepoint.model.checkpoint.GgufArchitecture.Trait.JOINED_ATTENTION;
import static dev.ridgepoint.model.checkpoint.GgufArchitecture.Trait.JOINED_FEED_FORWARD;
import static dev.ridgepoint.model.checkpoint.GgufArchitecture.Trait.LATENTS;
import static dev.ridgepoint.model.checkpoint.GgufArchitecture.Trait.PARALLEL_RESIDUALS;
import static dev.ridgepoint.model.checkpoint.GgufArchitecture.Trait.POSITIONS_PER_WINDOW;
import static dev.ridgepoint.model.checkpoint.GgufArchitecture.Trait.POST_ATTENTION_NORM;
import static dev.ridgepoint.model.checkpoint.GgufArchitecture.Trait.QUERY_BIASES;
import static dev.ridgepoint.model.checkpoint.GgufArchitecture.Trait.QUERY_KEY_NORMS;
import static dev.ridgepoint.model.checkpoint.GgufArchitecture.Trait.ROTATED_NEIGHBOURS;
import static dev.ridgepoint.model.checkpoint.GgufArchitecture.Trait.ROTATED_PART;
import static dev.ridgepoint.model.checkpoint.GgufArchitecture.Trait.ROUNDED_YARN;
import static dev.ridgepoint.model.checkpoint.GgufArchitecture.Trait.ROUTER_BIASES;
import static dev.ridgepoint.model.checkpoint.GgufArchitecture.Trait.SCALES;

import dev.ridgepoint.model.checkpoint.GgufArchitecture.Config;
import dev.ridgepoint.model.checkpoint.GgufArchitecture.Layers;
import dev.ridgepoint.model.checkpoint.GgufArchitecture.Trait;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/** The architectures of GGUF that a decoder can be built for, a row for each. */
final class GgufArchitectures {
  private static final Layers ALIKE = new Layers(layer -> false, layer -> true, 0);

  private static final List<GgufArchitecture> ALL =
      List.of(
          row(
              "llama",
              "llama mistral mixtral",
              experts("num_local_experts", GgufFamilyConfig::addMixtral),
              ALIKE,
              BIASES,
              ROTATED_NEIGHBOURS),
          row("qwen2", "qwen2", rmsNorms(), ALIKE, QUERY_BIASES),
          row("qwen3", "qwen3", rmsNorms(), ALIKE, QUERY_KEY_NORMS),
          row(
              "qwen2moe",
              "qwen2_moe",
              experts("num_experts", GgufFamilyConfig::addQwen2Moe),
              ALIKE,
              QUERY_BIASES),
          row(
              "qwen3moe",
              "qwen3_moe",
              experts("num_experts", GgufFamilyConfig::addQwen3Moe),
              ALIKE,
              QUERY_KEY_NORMS),
          row(
              "deepseek2",
              "deepseek_v2 deepseek_v3",
              experts("n_routed_experts", GgufFamilyConfig::addLatents),
              ALIKE,
              LATENTS,
              EXPERT_GROUPS,
              ROTATED_NEIGHBOURS),
          row(
              "gemma2",
              "gemma2",
              rmsNorms(GgufFamilyConfig::addGemma2),
              new Layers(layer -> layer % 2 == 0, layer -> true, 46)),
          row(
              "gemma3",
              "gemma3_text",
              rmsNorms(GgufFamilyConfig::addGemma3),
              new Layers(layer -> (layer + 1) % 6 != 0, layer -> true, 62),
              QUERY_KEY_NORMS,
              POSITIONS_PER_WINDOW),
          row(
              "glm4",
              "glm4",
              rmsNorms(),
              ALIKE,
              QUERY_BIASES,
              JOINED_FEED_FORWARD,
              ROTATED_NEIGHBOURS,
              ROTATED_PART),
          row(
              "glm4moe",
              "glm4_moe",
              experts("n_routed_experts", GgufFamilyConfig::addGlm4Moe),
              ALIKE,
              QUERY_BIASES,
              QUERY_KEY_NORMS,
              POST_ATTENTION_NORM,
              EXPERT_GROUPS,
              ROTATED_PART),
          row(
              "gpt2",
              "gpt2",
              layerNorms("layer_norm_epsilon", GgufFamilyConfig::addGpt2),
              new Layers(layer -> false, layer -> false, 0),
              BIASES,
              JOINED_ATTENTION),
          row(
              "gptneox",
              "gpt_neox",
              layerNorms("layer_norm_eps", GgufFamilyConfig::addGptNeoX),
              ALIKE,
              BIASES,
              JOINED_ATTENTION,
              PARALLEL_RESIDUALS,
              ROTATED_PART),
          row(
              "gpt-oss",
              "gpt_oss",
              experts("num_local_experts", GgufFamilyConfig::addGptOss),
              new Layers(layer -> layer % 2 == 0, layer -> true, 0),
              BIASES,
              ROUTER_BIASES,
              POST_ATTENTION_NORM,
              ROUNDED_YARN),
          row(
              "granite",
              "granite",
              rmsNorms(GgufFamilyConfig::addGranite),
              ALIKE,
              BIASES,
              SCALES,
              ROTATED_NEIGHBOURS),
          row(
              "granitemoe",
              "granitemoe",
              experts("num_local_experts", GgufFamilyConfig::addGraniteMoe),
              ALIKE,
              SCALES,
              ROTATED_NEIGHBOURS),
          row("olmo", "olmo", layerNorms("", GgufFamilyConfig::addOlmo), ALIKE, ROTATED_NEIGHBOURS),
          row("olmo2", "olmo2", rmsNorms(), ALIKE, QUERY_KEY_NORMS),
          row(
              "olmoe",
              "olmoe",
              experts("num_experts", GgufFamilyConfig::addExperts),
              ALIKE,
              QUERY_KEY_NORMS),
          row(
              "phi3",
              "phi3",
              rmsNorms(),
              ALIKE,
              JOINED_ATTENTION,
              JOINED_FEED_FORWARD,
              ROTATED_PART),
          row(
              "smollm3",
              "smollm3",
              rmsNorms(),
              new Layers(layer -> false, layer -> (layer + 1) % 4 != 0, 0),
              ROTATED_NEIGHBOURS),
          row(
              "stablelm",
              "stablelm",
              layerNorms("layer_norm_eps", GgufFamilyConfig::addStableLm),
              ALIKE,
              QUERY_BIASES,
              QUERY_KEY_NORMS,
              PARALLEL_RESIDUALS,
              ROTATED_PART),
          row(
              "starcoder2",
              "starcoder2",
              layerNorms("norm_epsilon", (config, json) -> {}),
              ALIKE,
              BIASES));

  private GgufArchitectures() {}

  private static GgufArchitecture row(
      String label, String modelTypes, Config config, Layers layers, Trait... traits) {
    return new GgufArchitecture(
        label, List.of(modelTypes.split(" ")), config, layers, Set.of(traits));
  }

  private static Config rmsNorms() {
    return rmsNorms((config, json) -> {});
  }

  private static Config rmsNorms(BiConsumer<GgufFamilyConfig, ObjectNode> ownFields) {
    return experts("", ownFields);
  }

  private static Config experts(String field, BiConsumer<GgufFamilyConfig, ObjectNode> ownFields) {
    return new Config(false, "rms_norm_eps", field, ownFields);
  }

  private static Config layerNorms(
      String epsilonField, BiConsumer<GgufFamilyConfig, ObjectNode> ownFields) {
    return new Config(true, epsilonField, "", ownFields);
  }

  /** The architecture of this name. */
  static Optional<GgufArchitecture> named(String name) {
    return ALL.stream().filter(each -> each.label().equals(name)).findFirst();
  }

  /** Which holds models of a Hugging Face {@code model_type}. */
  static Optional<GgufArchitecture> ofModelType(String modelType) {
    return ALL.stream().filter(each -> each.modelTypes().contains(modelType)).findFirst();
  }

  /** The names of all, for messages. */
  static String labels() {
    return ALL.stream().map(GgufArchitecture::label).collect(Collectors.joining(", "));
  }
}
