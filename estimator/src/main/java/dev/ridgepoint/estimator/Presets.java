package dev.ridgepoint.estimator;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Configurations known by name: published models under their own names, and the two of the lesson
 * on model sizes that this project grew from ({@code tiny} and {@code lesson-0.5B}). Each is a
 * {@code config.json} among the resources, read as a user's own would be.
 */
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
  private static final int SUGGESTIONS = 3;

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
                        .formatted(StrictJson.cut(name), String.join(", ", closest(name)))));
  }

  private static ModelConfig read(String name) {
    String resource = "presets/" + name + ".json";
    try (InputStream in = Presets.class.getResourceAsStream(resource)) {
      return HuggingFaceConfig.parse(
          resource, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }

  private static List<String> closest(String name) {
    // Comparing costs length * length: what no preset is as long as needs no more than its start.
    String wanted = name.substring(0, Math.min(name.length(), 64)).toLowerCase(Locale.ROOT);
    return NAMES.stream()
        .sorted(Comparator.comparingInt(known -> distance(wanted, known.toLowerCase(Locale.ROOT))))
        .limit(SUGGESTIONS)
        .toList();
  }

  /** Levenshtein's edit distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
