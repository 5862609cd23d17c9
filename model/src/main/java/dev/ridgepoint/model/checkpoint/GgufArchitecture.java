package dev.ridgepoint.model.checkpoint;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The architectures of GGUF that a decoder can be built for. */
enum GgufArchitecture {
  /** Llama, and Mistral, which llama.cpp does not tell apart. */
  LLAMA,
  QWEN2,
  QWEN3;

  /** The architecture of this name. */
  static Optional<GgufArchitecture> named(String name) {
    return Arrays.stream(values()).filter(each -> each.label().equals(name)).findFirst();
  }

  /** Which holds models of a Hugging Face {@code model_type}. */
  static Optional<GgufArchitecture> ofModelType(String modelType) {
    return modelType.equals("mistral") ? Optional.of(LLAMA) : named(modelType);
  }

  /** The names of all, for messages. */
  static String labels() {
    return Arrays.stream(values()).map(GgufArchitecture::label).collect(Collectors.joining(", "));
  }

  /** The name in {@code general.architecture}. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  GgufKeys keys() {
    return new GgufKeys(label());
  }

  /**
   * Whether rotary embeddings turn neighbours, elements 2i and 2i+1 of a head, and not elements i
   * and i + headDim/2 as Hugging Face does. Queries and keys are in another order then.
   */
  boolean rotatesNeighbours() {
    return this == LLAMA;
  }
}
