package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.Tensor;
import java.util.List;
import java.util.Set;

/**
 * Hugging Face's own names. What stands before them depends on the class that was saved: the
 * decoder without its head, as embedding models are published, has nothing there, and a model that
 * also sees or hears what it calls the part that speaks.
 *
 * @param prefix before the names of layers, embedding and last norm
 * @param headPrefix before {@code lm_head}
 */
record HuggingFaceLayout(String prefix, String headPrefix) implements TensorLayout {
  private static final String USUAL = "model.";

  private static final List<HuggingFaceLayout> KNOWN =
      List.of(
          new HuggingFaceLayout(USUAL, ""),
          new HuggingFaceLayout("", ""),
          new HuggingFaceLayout("language_model.model.", "language_model."),
          new HuggingFaceLayout("model.language_model.", ""),
          new HuggingFaceLayout("language_model.", ""));

  /** The one with which the embedding is among these names; the usual one if none is. */
  static HuggingFaceLayout of(Set<String> names) {
    return KNOWN.stream()
        .filter(layout -> names.contains(layout.prefix + "embed_tokens.weight"))
        .findFirst()
        .orElse(KNOWN.getFirst());
  }

  @Override
  public String name(TensorSpec spec) {
    String name = spec.name();
    return name.startsWith(USUAL) ? prefix + name.substring(USUAL.length()) : headPrefix + name;
  }

  @Override
  public Tensor arranged(TensorSpec spec, Tensor inFile) {
    return inFile;
  }
}
