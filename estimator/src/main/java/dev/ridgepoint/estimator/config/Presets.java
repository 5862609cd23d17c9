package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.input.ClosestNames;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.StrictJson;
import java.util.List;

/** The models of {@link ModelCatalog} that the engine runs. */
public final class Presets {
  private static final List<String> NAMES =
      List.of(
          "tiny",
          "lesson-0.5B",
          "SmolLM2-135M",
          "SmolLM2-360M",
          "SmolLM2-1.7B",
          "TinyLlama-1.1B",
          "Llama-2-7B",
          "Llama-3.1-8B",
          "Llama-3.2-1B",
          "Llama-3.2-3B",
          "Mistral-7B-v0.1",
          "Qwen2.5-0.5B",
          "Qwen2.5-1.5B",
          "Qwen2.5-3B",
          "Qwen2.5-7B",
          "Qwen3-0.6B",
          "Qwen3-1.7B",
          "Qwen3-8B");

  private Presets() {}

  /** All names, in the order to show them. */
  public static List<String> names() {
    return NAMES;
  }

  /** Whether {@code name} is a preset's, in any case of letters. */
  public static boolean has(String name) {
    return NAMES.stream().anyMatch(name::equalsIgnoreCase);
  }

  /**
   * The configuration of a name, in any case of letters.
   *
   * @throws InvalidInputException if there is none; names the closest ones
   */
  public static ModelConfig get(String name) {
    return NAMES.stream()
        .filter(name::equalsIgnoreCase)
        .findFirst()
        .map(Presets::read)
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "model",
                    "\"%s\" is no preset; the closest are %s"
                        .formatted(
                            StrictJson.cut(name),
                            String.join(", ", ClosestNames.of(name, NAMES)))));
  }

  private static ModelConfig read(String name) {
    return HuggingFaceConfig.parse(name, ModelCatalog.config(name).toString());
  }
}
