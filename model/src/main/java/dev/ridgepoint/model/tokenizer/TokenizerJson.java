package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import dev.ridgepoint.model.tokenizer.Tokenizer.Frame;
import dev.ridgepoint.model.tokenizer.Tokenizer.Parts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the {@code tokenizer.json} of Hugging Face's tokenizers library. */
final class TokenizerJson {
  /** Vocabularies of 262,144 tokens take 33 MB. */
  private static final int MAX_BYTES = 128 << 20;

  private final JsonFields file;

  private TokenizerJson(JsonFields file) {
    this.file = file;
  }

  /**
   * The tokenizer that a file describes.
   *
   * @throws InvalidInputException if the file is malformed, or asks for what is not known here
   */
  static Tokenizer read(Path path) {
    return of(path.toString(), StrictJson.readObject(path, MAX_BYTES));
  }

  /**
   * As {@link #read}, of a file's content.
   *
   * @param source what to call it in messages
   */
  static Tokenizer of(String source, ObjectNode json) {
    return new TokenizerJson(new JsonFields(source, json)).tokenizer();
  }

  private Tokenizer tokenizer() {
    JsonFields model = file.requiredObject("model");
    List<JsonFields> addedFields =
        file.has("added_tokens") ? file.requiredObjects("added_tokens") : List.of();
    Map<String, Integer> ids = new HashMap<>(TokenModelJson.ids(model));
    addedFields.forEach(
        token -> ids.putIfAbsent(token.requiredString("content"), token.requiredInt("id")));
    Vocabulary vocabulary = Vocabulary.of(file.source(), "model.vocab", ids);
    Normalizer normalizer = NormalizerJson.of(file, "normalizer");
    List<AddedTokens.Token> literal = new ArrayList<>();
    List<AddedTokens.Token> normalized = new ArrayList<>();
    for (JsonFields fields : addedFields) {
      AddedTokens.Token token = added(fields, vocabulary, normalizer);
      (token.normalized() ? normalized : literal).add(token);
    }
    return new Tokenizer(
        new Parts(
            vocabulary,
            new AddedTokens(literal),
            normalizer,
            new AddedTokens(normalized),
            PreTokenizerJson.of(file, "pre_tokenizer"),
            TokenModelJson.of(model, vocabulary),
            DecoderJson.of(file, "decoder"),
            frame(file, "post_processor", vocabulary)));
  }

  private static AddedTokens.Token added(
      JsonFields fields, Vocabulary vocabulary, Normalizer normalizer) {
    String content = fields.requiredString("content");
    boolean special = fields.booleanOr("special", false);
    boolean normalized = fields.booleanOr("normalized", !special);
    return new AddedTokens.Token(
        normalized ? normalizer.normalize(content) : content,
        vocabulary.id(content).orElseThrow(),
        special,
        normalized,
        fields.booleanOr("single_word", false),
        fields.booleanOr("lstrip", false),
        fields.booleanOr("rstrip", false));
  }

  private static Frame frame(JsonFields parent, String field, Vocabulary vocabulary) {
    return parent.has(field) ? frame(parent.requiredObject(field), vocabulary) : Frame.NONE;
  }

  private static Frame frame(JsonFields fields, Vocabulary vocabulary) {
    String type = fields.requiredString("type");
    return switch (type) {
      case "ByteLevel" -> Frame.NONE;
      case "TemplateProcessing" -> template(fields, vocabulary);
      case "BertProcessing", "RobertaProcessing" ->
          new Frame(
              List.of(pairId(fields, "cls", vocabulary)),
              List.of(pairId(fields, "sep", vocabulary)));
      case "Sequence" -> {
        List<Integer> before = new ArrayList<>();
        List<Integer> after = new ArrayList<>();
        for (JsonFields each : fields.requiredObjects("processors")) {
          Frame frame = frame(each, vocabulary);
          before.addAll(0, frame.before());
          after.addAll(frame.after());
        }
        yield new Frame(before, after);
      }
      default -> throw fields.invalid("type", Shown.quote(type) + " is not supported");
    };
  }

  private static Frame template(JsonFields fields, Vocabulary vocabulary) {
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    boolean behind = false;
    for (JsonFields piece : fields.requiredObjects("single")) {
      if (piece.has("Sequence")) {
        behind = true;
        continue;
      }
      String name = piece.requiredObject("SpecialToken").requiredString("id");
      List<Integer> ids =
          fields.requiredObject("special_tokens").requiredObject(name).requiredInts("ids");
      ids.forEach(id -> requireToken(fields, "special_tokens", id, vocabulary));
      (behind ? after : before).addAll(ids);
    }
    return new Frame(before, after);
  }

  /** The id of a pair of a token's text and id. */
  private static int pairId(JsonFields fields, String field, Vocabulary vocabulary) {
    ArrayNode pair = fields.requiredArray(field);
    if (pair.size() != 2 || !pair.get(1).canConvertToInt()) {
      throw fields.invalid(field, "must be a token and its id");
    }
    int id = pair.get(1).intValue();
    requireToken(fields, field, id, vocabulary);
    return id;
  }

  private static void requireToken(JsonFields fields, String field, int id, Vocabulary vocabulary) {
    if (vocabulary.piece(id).isEmpty()) {
      throw fields.invalid(field, "has the id " + id + ", which is no token's");
    }
  }

  /** The pattern of an object that has either a {@code String} or a {@code Regex}. */
  static SplitPattern pattern(JsonFields parent, String field) {
    JsonFields pattern = parent.requiredObject(field);
    return pattern.has("String")
        ? SplitPattern.literal(pattern.requiredString("String"))
        : SplitPattern.of(parent.source(), pattern.path("Regex"), pattern.requiredString("Regex"));
  }

  /** The object of a field that may be absent. */
  static Optional<JsonFields> object(JsonFields parent, String field) {
    return parent.has(field) ? Optional.of(parent.requiredObject(field)) : Optional.empty();
  }
}
