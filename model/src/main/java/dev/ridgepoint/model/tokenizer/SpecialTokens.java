package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a {@code tokenizer_config.json} says of the tokens that begin and end a text.
 *
 * @param source the file, for messages
 */
public record SpecialTokens(
    String source, Optional<String> bos, Optional<String> eos, boolean addBos, boolean addEos) {
  /** The file's name. */
  public static final String FILE = "tokenizer_config.json";

  private static final SpecialTokens NONE =
      new SpecialTokens("", Optional.empty(), Optional.empty(), false, false);

  /**
   * Reads the file of a folder; without it nothing is said.
   *
   * @throws InvalidInputException if the file is malformed
   */
  public static SpecialTokens of(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return NONE;
    }
    JsonFields fields = new JsonFields(file.toString(), StrictJson.readObject(file));
    return new SpecialTokens(
        file.toString(),
        token(fields, "bos_token"),
        token(fields, "eos_token"),
        fields.booleanOr("add_bos_token", false),
        fields.booleanOr("add_eos_token", false));
  }

  /** A token's text, or an object with it. */
  private static Optional<String> token(JsonFields fields, String field) {
    if (!fields.has(field)) {
      return Optional.empty();
    }
    return Optional.of(
        fields.isObject(field)
            ? fields.requiredObject(field).requiredString("content")
            : fields.requiredString(field));
  }

  /** The id of a token that is to be added. */
  List<Integer> id(Optional<String> token, Vocabulary vocabulary) {
    String text =
        token.orElseThrow(
            () -> new InvalidInputException(source, "adds a token that it does not name"));
    return List.of(
        vocabulary
            .id(text)
            .orElseThrow(
                () -> new InvalidInputException(source, Shown.quote(text) + " is no token")));
  }
}
