package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.estimator.input.JsonFields;
import java.text.Normalizer.Form;
import java.util.Base64;

/** Reads the normaliser of a {@code tokenizer.json}. */
final class NormalizerJson {
  private NormalizerJson() {}

  /** The normaliser of a field, which may be absent. */
  static Normalizer of(JsonFields parent, String field) {
    return TokenizerJson.object(parent, field).map(NormalizerJson::of).orElse(Normalizer.NONE);
  }

  private static Normalizer of(JsonFields fields) {
    String type = fields.requiredString("type");
    return switch (type) {
      case "NFC" -> Normalizer.form(Form.NFC);
      case "NFD" -> Normalizer.form(Form.NFD);
      case "NFKC" -> Normalizer.form(Form.NFKC);
      case "NFKD" -> Normalizer.form(Form.NFKD);
      case "Lowercase" -> Normalizer.lowercase();
      case "StripAccents" -> Normalizer.stripAccents();
      case "Strip" ->
          Normalizer.strip(
              fields.booleanOr("strip_left", true), fields.booleanOr("strip_right", true));
      case "Prepend" -> Normalizer.prepend(fields.requiredString("prepend"));
      case "Replace" ->
          Normalizer.replace(
              TokenizerJson.pattern(fields, "pattern"), fields.requiredString("content"));
      case "BertNormalizer" -> {
        boolean lowercase = fields.booleanOr("lowercase", true);
        yield Normalizer.bert(
            fields.booleanOr("clean_text", true),
            fields.booleanOr("handle_chinese_chars", true),
            fields.booleanOr("strip_accents", lowercase),
            lowercase);
      }
      case "Precompiled" -> CharsMap.of(fields.source(), bytes(fields, "precompiled_charsmap"));
      case "ByteLevel" -> ByteLevel::encode;
      case "Sequence" ->
          Normalizer.sequence(
              fields.requiredObjects("normalizers").stream().map(NormalizerJson::of).toList());
      default -> throw fields.invalid("type", Shown.quote(type) + " is not supported");
    };
  }

  private static byte[] bytes(JsonFields fields, String field) {
    String text = fields.stringOr(field, "");
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw fields.invalid(field, "must be in Base64, but is " + Shown.quote(text));
    }
  }
}
