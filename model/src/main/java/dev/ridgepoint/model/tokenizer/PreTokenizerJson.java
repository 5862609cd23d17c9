package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.model.tokenizer.PreTokenizer.Behavior;
import dev.ridgepoint.model.tokenizer.PreTokenizer.Prepend;
import java.util.List;

/** Reads the pre-tokeniser of a {@code tokenizer.json}. */
final class PreTokenizerJson {
  private static final String WORDS = "\\w+|[^\\w\\s]+";

  private PreTokenizerJson() {}

  /** The pre-tokeniser of a field, which may be absent. */
  static PreTokenizer of(JsonFields parent, String field) {
    return TokenizerJson.object(parent, field).map(PreTokenizerJson::of).orElse(PreTokenizer.NONE);
  }

  private static PreTokenizer of(JsonFields fields) {
    String type = fields.requiredString("type");
    return switch (type) {
      case "ByteLevel" -> byteLevel(fields);
      case "Split" ->
          PreTokenizer.split(
              TokenizerJson.pattern(fields, "pattern"),
              behavior(fields, "Removed"),
              fields.booleanOr("invert", false));
      case "Metaspace" ->
          PreTokenizer.metaspace(
              fields.stringOr("replacement", PreTokenizer.SPACE_SIGN),
              prepend(fields),
              fields.booleanOr("split", true));
      case "Digits" ->
          PreTokenizer.split(
              PreTokenizerJson::isNumeric,
              fields.booleanOr("individual_digits", false)
                  ? Behavior.ISOLATED
                  : Behavior.CONTIGUOUS);
      case "Punctuation" ->
          PreTokenizer.split(Characters::isBertPunctuation, behavior(fields, "Isolated"));
      case "Whitespace" ->
          PreTokenizer.split(
              SplitPattern.of(fields.source(), fields.path("type"), WORDS), Behavior.REMOVED, true);
      case "WhitespaceSplit" -> PreTokenizer.split(Characters::isSpace, Behavior.REMOVED);
      case "CharDelimiterSplit" ->
          PreTokenizer.split(
              SplitPattern.literal(fields.requiredString("delimiter")), Behavior.REMOVED, false);
      case "BertPreTokenizer" -> bert();
      case "Sequence" ->
          PreTokenizer.sequence(
              fields.requiredObjects("pretokenizers").stream().map(PreTokenizerJson::of).toList());
      default -> throw fields.invalid("type", Shown.quote(type) + " is not supported");
    };
  }

  /** White space is left out, and each punctuation sign is a word. */
  static PreTokenizer bert() {
    return PreTokenizer.sequence(
        List.of(
            PreTokenizer.split(Characters::isSpace, Behavior.REMOVED),
            PreTokenizer.split(Characters::isBertPunctuation, Behavior.ISOLATED)));
  }

  private static PreTokenizer byteLevel(JsonFields fields) {
    boolean addPrefixSpace = fields.booleanOr("add_prefix_space", true);
    PreTokenizer bytes = PreTokenizer.byteLevel();
    if (fields.booleanOr("use_regex", true)) {
      PreTokenizer split = KnownPreTokenizers.gpt2(fields.source());
      bytes = PreTokenizer.sequence(List.of(split, bytes));
    }
    return addPrefixSpace
        ? PreTokenizer.sequence(List.of(PreTokenizer.prefixSpace(), bytes))
        : bytes;
  }

  private static Behavior behavior(JsonFields fields, String absent) {
    String name = fields.stringOr("behavior", absent);
    return switch (name) {
      case "Removed" -> Behavior.REMOVED;
      case "Isolated" -> Behavior.ISOLATED;
      case "MergedWithPrevious" -> Behavior.MERGED_WITH_PREVIOUS;
      case "MergedWithNext" -> Behavior.MERGED_WITH_NEXT;
      case "Contiguous" -> Behavior.CONTIGUOUS;
      default -> throw fields.invalid("behavior", Shown.quote(name) + " is not supported");
    };
  }

  /** The scheme, or what older files have instead of it. */
  static Prepend prepend(JsonFields fields) {
    String scheme =
        fields.stringOr(
            "prepend_scheme", fields.booleanOr("add_prefix_space", true) ? "always" : "never");
    return switch (scheme) {
      case "always" -> Prepend.ALWAYS;
      case "first" -> Prepend.FIRST;
      case "never" -> Prepend.NEVER;
      default -> throw fields.invalid("prepend_scheme", Shown.quote(scheme) + " is not supported");
    };
  }

  private static boolean isNumeric(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
      default -> false;
    };
  }
}
