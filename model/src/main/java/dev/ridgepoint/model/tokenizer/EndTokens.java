package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import dev.ridgepoint.model.checkpoint.FileHeader;
import dev.ridgepoint.model.checkpoint.GgufMetadata;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The tokens with which a model says that it has ended. */
public final class EndTokens {
  private static final String GGUF_PREFIX = "tokenizer.ggml.";
  private static final List<String> GGUF_KEYS =
      List.of("eos_token_id", "eot_token_id", "eom_token_id");

  /** What a model folder says of how its model writes. */
  static final String GENERATION_CONFIG = "generation_config.json";

  private static final List<String> FILES = List.of(GENERATION_CONFIG, "config.json");
  private static final String FIELD = "eos_token_id";

  private EndTokens() {}

  /**
   * Those that a GGUF file or a model folder names; a file of a folder stands for the folder. May
   * be none.
   *
   * @throws InvalidInputException if a file is malformed
   */
  public static Set<Integer> read(Path model, Vocabulary vocabulary) {
    Set<Integer> ids = new TreeSet<>();
    if (FileHeader.isGguf(model)) {
      GgufMetadata metadata = GgufMetadata.read(model, GGUF_PREFIX);
      GGUF_KEYS.forEach(key -> metadata.integer(GGUF_PREFIX + key).ifPresent(ids::add));
      return ids;
    }
    Path folder = Files.isDirectory(model) ? model : model.toAbsolutePath().getParent();
    for (String name : FILES) {
      Path file = folder.resolve(name);
      if (Files.exists(file)) {
        ids.addAll(ids(new JsonFields(file.toString(), StrictJson.readObject(file))));
      }
    }
    SpecialTokens.of(folder).eos().ifPresent(text -> vocabulary.id(text).ifPresent(ids::add));
    return ids;
  }

  /** One id, or a list of them. */
  private static List<Integer> ids(JsonFields fields) {
    if (!fields.has(FIELD)) {
      return List.of();
    }
    return fields.isList(FIELD) ? fields.requiredInts(FIELD) : List.of(fields.requiredInt(FIELD));
  }
}
