package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.architecture.TensorRole;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The architectures of GGUF that a decoder can be built for. */
enum GgufArchitecture {
  /** Llama, Mistral and Mixtral, which llama.cpp does not tell apart. */
  LLAMA,
  /** DeepSeek-V2 and V3, told apart by how experts are scored. */
  DEEPSEEK2,
  QWEN2,
  QWEN3,
  QWEN2MOE,
  QWEN3MOE,
  GLM4,
  GLM4MOE,
  GPT2,
  GPTNEOX,
  GPT_OSS,
  GRANITE,
  GRANITEMOE,
  OLMO,
  OLMO2,
  OLMOE,
  PHI3,
  SMOLLM3,
  STABLELM,
  STARCODER2;

  /** The architecture of this name. */
  static Optional<GgufArchitecture> named(String name) {
    return Arrays.stream(values()).filter(each -> each.label().equals(name)).findFirst();
  }

  /** Which holds models of a Hugging Face {@code model_type}. */
  static Optional<GgufArchitecture> ofModelType(String modelType) {
    return switch (modelType) {
      case "mistral", "mixtral" -> Optional.of(LLAMA);
      case "deepseek_v3" -> Optional.of(DEEPSEEK2);
      default ->
          Arrays.stream(values()).filter(each -> each.modelType().equals(modelType)).findFirst();
    };
  }

  /** The names of all, for messages. */
  static String labels() {
    return Arrays.stream(values()).map(GgufArchitecture::label).collect(Collectors.joining(", "));
  }

  /** The name in {@code general.architecture}. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The {@code model_type} in a Hugging Face config; of Llama's with experts it is Mixtral's, and
   * of DeepSeek's the later or the earlier one.
   */
  String modelType() {
    return switch (this) {
      case DEEPSEEK2 -> "deepseek_v2";
      case GLM4MOE -> "glm4_moe";
      case GPTNEOX -> "gpt_neox";
      case GPT_OSS -> "gpt_oss";
      case QWEN2MOE -> "qwen2_moe";
      case QWEN3MOE -> "qwen3_moe";
      default -> label();
    };
  }

  /** Whether its files may have experts. */
  boolean mayHaveExperts() {
    return switch (this) {
      case DEEPSEEK2, GLM4MOE, GPT_OSS, GRANITEMOE, LLAMA, OLMOE, QWEN2MOE, QWEN3MOE -> true;
      default -> false;
    };
  }

  /** Whether its layers may see a window. */
  boolean mayHaveWindow() {
    return this == GPT_OSS;
  }

  GgufKeys keys() {
    return new GgufKeys(label());
  }

  /**
   * Whether rotary embeddings turn neighbours, elements 2i and 2i+1 of a head, and not elements i
   * and i + rotaryDim/2. Queries and keys are in another order then.
   */
  boolean rotatesNeighbours() {
    return switch (this) {
      case DEEPSEEK2, GLM4, GRANITE, GRANITEMOE, LLAMA, OLMO, SMOLLM3 -> true;
      default -> false;
    };
  }

  /** Whether its norms are layer norms, not RMS norms. */
  boolean hasLayerNorms() {
    return switch (this) {
      case GPT2, GPTNEOX, OLMO, STABLELM, STARCODER2 -> true;
      default -> false;
    };
  }

  /** Whether rotary embeddings may turn a part of a head. */
  boolean rotatesPart() {
    return switch (this) {
      case GLM4, GLM4MOE, GPTNEOX, PHI3, STABLELM -> true;
      default -> false;
    };
  }

  /** Whether files of it are written. */
  boolean isWritten() {
    return switch (this) {
      case LLAMA, QWEN2, QWEN3 -> true;
      default -> false;
    };
  }

  /** Whether the tensor of a role holds others besides. */
  boolean isJoined(TensorRole role) {
    return switch (role) {
      case QUERY, KEY, VALUE -> this == GPT2 || this == GPTNEOX || this == PHI3;
      case FEED_FORWARD_GATE, FEED_FORWARD_UP -> this == GLM4 || this == PHI3;
      default -> false;
    };
  }

  /** What a tensor is called, without the number of its layer. */
  String tensorName(TensorRole role) {
    return switch (role) {
      case QUERY, KEY, VALUE -> isJoined(role) ? "attn_qkv" : role.ggufName();
      case FEED_FORWARD_NORM ->
          this == GPT_OSS || this == GLM4MOE ? "post_attention_norm" : role.ggufName();
      case FEED_FORWARD_GATE -> isJoined(role) ? "ffn_up" : role.ggufName();
      default -> role.ggufName();
    };
  }
}
