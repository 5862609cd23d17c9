package dev.ridgepoint.model.chat;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import dev.ridgepoint.model.checkpoint.FileHeader;
import dev.ridgepoint.model.checkpoint.GgufMetadata;
import dev.ridgepoint.model.tokenizer.SpecialTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds and reads a model's chat template. */
public final class ChatTemplateFiles {
  private static final String JINJA = "chat_template.jinja";
  private static final String FIELD = "chat_template";
  private static final String DEFAULT = "default";
  private static final String GGUF_KEY = "tokenizer.chat_template";
  private static final int MAX_BYTES = 1 << 20;

  private ChatTemplateFiles() {}

  /**
   * The chat template of a GGUF file or a model folder; a file of a folder stands for the folder.
   *
   * @throws InvalidInputException if there is none, or it is malformed
   */
  public static ChatTemplate read(Path path) {
    if (FileHeader.isGguf(path)) {
      return ofGguf(path);
    }
    Path folder = Files.isDirectory(path) ? path : path.toAbsolutePath().getParent();
    SpecialTokens specials = SpecialTokens.of(folder);
    Path jinja = folder.resolve(JINJA);
    Path config = folder.resolve(SpecialTokens.FILE);
    Map<String, String> tokens = tokens(specials.bos(), specials.eos());
    if (Files.exists(jinja)) {
      return new ChatTemplate(jinja.toString(), text(jinja), tokens);
    }
    if (Files.exists(config)) {
      JsonFields fields = new JsonFields(config.toString(), StrictJson.readObject(config));
      Optional<String> template = template(fields);
      if (template.isPresent()) {
        return new ChatTemplate(config.toString(), template.get(), tokens);
      }
    }
    throw new InvalidInputException(
        folder.toString(),
        "has no chat template: neither %s nor %s in %s"
            .formatted(JINJA, FIELD, SpecialTokens.FILE));
  }

  private static ChatTemplate ofGguf(Path path) {
    GgufMetadata metadata = GgufMetadata.read(path, "tokenizer.");
    String template =
        metadata.text(GGUF_KEY).orElseThrow(() -> metadata.invalid(GGUF_KEY, "is missing"));
    List<String> pieces = metadata.texts("tokenizer.ggml.tokens").orElse(List.of());
    return new ChatTemplate(
        path.toString(),
        template,
        tokens(
            piece(metadata, "tokenizer.ggml.bos_token_id", pieces),
            piece(metadata, "tokenizer.ggml.eos_token_id", pieces)));
  }

  private static Optional<String> piece(GgufMetadata metadata, String key, List<String> pieces) {
    return metadata.integer(key).filter(id -> id < pieces.size()).map(pieces::get);
  }

  private static Map<String, String> tokens(Optional<String> bos, Optional<String> eos) {
    Map<String, String> tokens = new HashMap<>();
    bos.ifPresent(token -> tokens.put("bos_token", token));
    eos.ifPresent(token -> tokens.put("eos_token", token));
    return tokens;
  }

  /** A template, or that of several which is the default. */
  private static Optional<String> template(JsonFields config) {
    if (!config.has(FIELD)) {
      return Optional.empty();
    }
    if (!config.isList(FIELD)) {
      return Optional.of(config.requiredString(FIELD));
    }
    return config.requiredObjects(FIELD).stream()
        .filter(each -> each.requiredString("name").equals(DEFAULT))
        .map(each -> each.requiredString("template"))
        .findFirst();
  }

  private static String text(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new InvalidInputException(file.toString(), "has more than " + MAX_BYTES + " bytes");
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw new InvalidInputException(
          file.toString(), "cannot be read: " + e.getClass().getSimpleName(), e);
    }
  }
}
